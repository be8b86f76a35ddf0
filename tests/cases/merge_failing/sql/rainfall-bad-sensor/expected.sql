-- Rainfall of each station against its own mean of thirty years.
with daily as (
    select
        station_id,
        cast(measured_at as date) as day,
        sum(millimetres) as rain
    from readings
    where millimetres >= 0
        and millimetres < 400
    group by 1, 2
),

monthly as (
    select
        station_id,
        date_trunc('month', day) as month,
        sum(rain) as rain,
        count(*) as days
    from daily
    group by 1, 2
),

normal as (
    select
        station_id,
        extract(month from month) as month_no,
        avg(rain) as rain
    from monthly
    where month < date '2021-01-01'
    group by 1, 2
)

select
    s.name,
    m.month,
    m.rain,
    round(100 * m.rain / nullif(n.rain, 0)) as percent
from monthly as m
join stations as s on s.id = m.station_id
left join normal as n
    on n.station_id = m.station_id
    and n.month_no = extract(month from m.month)
where m.days >= 25
order by s.name, m.month;
