local M = {}

local points = {
  coin = 1,
  gem = 5,
  crown = 100,
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

return M
