-- ... existing code ...
    where month < date '2021-01-01'
    group by 1, 2
),

moved as (
    select distinct station_id
    from station_moves
)

select
    s.name,
-- ... existing code ...
where m.days >= 25
    and m.station_id not in (select station_id from moved)
order by s.name, m.month;
