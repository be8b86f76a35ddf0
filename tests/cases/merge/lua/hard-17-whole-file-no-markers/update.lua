local M = {}

local points = {
  coin = 1,
  gem = 5,
  crown = 50,
}

local best = 0

function M.new(player)
  return {
    player = player,
    total = 0,
    combo = 1,
    log = {},
  }
end

function M.collect(score, kind)
  local value = points[kind]
  if not value then
    error("unknown kind: " .. tostring(kind))
  end
  score.total = score.total + value * score.combo
  table.insert(score.log, kind)
  if #score.log % 10 == 0 then
    score.combo = score.combo + 1
  end
end

local function reset(score)
  score.combo = 1
  score.log = {}
end

function M.hit(score)
  reset(score)
end

function M.finish(score)
  if score.total > best then
    best = score.total
  end
  return score.total, best
end

return M
