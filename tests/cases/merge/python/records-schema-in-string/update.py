# ... existing code ...
    started text not null,
    site text not null,
    altitude real
);
create table if not exists exposure (
# ... existing code ...
