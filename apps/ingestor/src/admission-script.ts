/**
 * One decision for all requests of a flush: rate first, then the queue's cap, each request as a whole.
 *
 * The rate is a sliding window cut into slices. A slice counts until all of it has left the window, so the
 * limit holds in every window, wherever it starts. A running total spares adding the slices up.
 *
 * KEYS[1] hash of the rate window, KEYS[2] counter of queued events.
 * ARGV[1] events per window (0: no limit), ARGV[2] window in ms, ARGV[3] cap of queued events,
 * ARGV[4…] events of each request.
 * Answers one {verdict, value} per request: 0 admitted (depth), 1 rate limited (wait in ms), 2 full (depth).
 */
export const ADMISSION_LUA = `
local SLICES = 20
local limit, window, cap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local width = math.max(1, math.floor(window / SLICES))
local current = math.floor(now / width)
local oldestKept = current - SLICES

local total, oldest = 0, current
if limit > 0 then
  local head = redis.call('HMGET', KEYS[1], 'total', 'oldest', 'width')
  total, oldest = tonumber(head[1] or '') or 0, tonumber(head[2] or '') or current
  local isOutOfReach = oldest < oldestKept - 10 * SLICES or oldest > current + SLICES
  if tonumber(head[3] or '') ~= width or isOutOfReach then
    redis.call('DEL', KEYS[1])
    total, oldest = 0, current
  end
  -- A clock that was put back counts in slices before the oldest: they have to be found again.
  oldest = math.min(oldest, current)
  while oldest < oldestKept do
    local gone = tonumber(redis.call('HGET', KEYS[1], oldest) or '') or 0
    if gone > 0 then
      redis.call('HDEL', KEYS[1], oldest)
      total = total - gone
    end
    oldest = oldest + 1
  end
end

local function waitFor(count)
  local freed = 0
  for slice = oldest, current do
    freed = freed + (tonumber(redis.call('HGET', KEYS[1], slice) or '') or 0)
    if total - freed + count <= limit then return (slice + SLICES + 1) * width - now end
  end
  return window
end

local depth = tonumber(redis.call('GET', KEYS[2]) or '') or 0
local admitted = 0
local verdicts = {}
for i = 4, #ARGV do
  local count = tonumber(ARGV[i])
  if limit > 0 and total + count > limit then
    verdicts[#verdicts + 1] = {1, waitFor(count)}
  elseif depth + count > cap then
    verdicts[#verdicts + 1] = {2, depth}
  else
    total, depth, admitted = total + count, depth + count, admitted + count
    verdicts[#verdicts + 1] = {0, depth}
    if limit > 0 then redis.call('HINCRBY', KEYS[1], current, count) end
  end
end

if limit > 0 then
  redis.call('HSET', KEYS[1], 'total', total, 'oldest', oldest, 'width', width)
  redis.call('PEXPIRE', KEYS[1], window + 2 * width)
end
if admitted > 0 then redis.call('INCRBY', KEYS[2], admitted) end
return verdicts
`;
