/**
 * The breaker's transitions, atomic for all replicas.
 *
 * All state is one hash: losing it as a whole means "closed", and a field that is missing is read as its
 * harmless value, so that no loss can leave the breaker open for ever. Time is the server's, so that
 * replicas with different clocks agree.
 *
 * KEYS[1] the hash. ARGV[1] the operation, ARGV[2…] its arguments. Answers
 * {verdict, waitMs, state, transition, reason}: verdict is "go", "probe" or "wait"; transition is the state just
 * entered, or "".
 */
export const BREAKER_LUA = `
local key = KEYS[1]
local op = ARGV[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function number(field)
  return tonumber(redis.call('HGET', key, field) or '') or 0
end

local state = redis.call('HGET', key, 'state') or 'closed'
local transition = ''

local function enter(next, reason)
  transition = next
  state = next
  redis.call('HSET', key, 'state', next, 'failures', 0, 'since', now)
  if reason then redis.call('HSET', key, 'reason', reason) end
  if next ~= 'half_open' then redis.call('HDEL', key, 'probe', 'probe_until') end
  if next == 'closed' then redis.call('HDEL', key, 'reason', 'open_until') end
end

local function open(timeout, reason)
  enter('open', reason)
  redis.call('HSET', key, 'open_until', now + timeout)
end

local function answer(verdict, wait)
  return {verdict, wait, state, transition, redis.call('HGET', key, 'reason') or ''}
end

local function isProbe(token)
  return state == 'half_open' and redis.call('HGET', key, 'probe') == token
end

if op == 'admit' then
  local token, probeTimeout = ARGV[2], tonumber(ARGV[3])
  local paused = number('paused_until') - now
  if paused > 0 then return answer('wait', paused) end
  if state == 'closed' then return answer('go', 0) end
  if state == 'open' then
    local left = number('open_until') - now
    if left > 0 then return answer('wait', left) end
    enter('half_open')
  end
  local held = number('probe_until') - now
  if held > 0 then return answer('wait', held) end
  redis.call('HSET', key, 'probe', token, 'probe_until', now + probeTimeout)
  return answer('probe', 0)
end

if op == 'success' then
  if isProbe(ARGV[2]) then enter('closed')
  elseif state == 'closed' then redis.call('HDEL', key, 'failures') end
elseif op == 'failure' then
  local threshold, timeout = tonumber(ARGV[3]), tonumber(ARGV[4])
  if isProbe(ARGV[2]) then open(timeout, ARGV[5])
  elseif state == 'closed' then
    local failures = redis.call('HINCRBY', key, 'failures', 1)
    if failures >= threshold then open(timeout, ARGV[5]) end
  end
elseif op == 'trip' then
  if state == 'closed' or isProbe(ARGV[2]) then open(tonumber(ARGV[3]), ARGV[4])
  elseif state == 'open' then redis.call('HSET', key, 'reason', ARGV[4]) end
elseif op == 'pause' then
  local until_ = now + tonumber(ARGV[3])
  if until_ > number('paused_until') then redis.call('HSET', key, 'paused_until', until_) end
  if isProbe(ARGV[2]) then enter('closed') end
elseif op == 'release' then
  if isProbe(ARGV[2]) then redis.call('HDEL', key, 'probe', 'probe_until') end
elseif op == 'reset' then
  if state ~= 'closed' then enter('closed') end
  redis.call('DEL', key)
end
local paused = number('paused_until') - now
if paused > 0 then return answer('wait', paused) end
if state == 'open' then return answer('wait', math.max(0, number('open_until') - now)) end
return answer('go', 0)
`;
