-- ... existing code ...
  table.insert(score.log, kind)
  if #score.log % 10 == 0 and score.combo < 8 then
    score.combo = score.combo + 1
  end
end

function M.hit(score)
-- ... existing code ...
