# ... same as before ...
select
    station_id,
    date_trunc('month', day) as month,
    sum(rain) as rain
from daily
# ... same as before ...
    and n.month_no = extract(month from m.month)
order by s.name, m.month;
