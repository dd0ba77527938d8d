-- The long runs of one tenant. KEYS[1] is the beginning of all keys; its hash tag keeps them in one slot of a Redis Cluster.
--   n          the counter of numbers
--   m p l r    by number: what is known of each run, what it was given, what it left for another beginning, what it gave
--   w          runs that wait, in the order of their numbers; a<number>: install, created, not before
--   u          by place: the run that is under way there. A place belongs to the node that holds its lease
--   f          by place: the highest epoch of a lease that was used for it
--   c          runs under way that somebody wants ended
--   o          runs that are over, in the order of their numbers
--   b          bytes of the payloads of those that are not over, and of all that is kept of those that are: `open`, `over`
local T = KEYS[1]
local at = 1

local function arg()
  at = at + 1
  return ARGV[at]
end

local function number() return tonumber(arg()) end
local function text(value) return string.format('%.0f', value) end

local function set()
  local found = {}
  for _ = 1, number() do found[arg()] = true end
  return found
end

local function whole(id)
  return { id, redis.call('HGET', T .. 'm', id), redis.call('HGET', T .. 'p', id) or '', redis.call('HGET', T .. 'l', id) or '', redis.call('HGET', T .. 'r', id) or '' }
end

local function size(id)
  return redis.call('HSTRLEN', T .. 'p', id) + redis.call('HSTRLEN', T .. 'l', id) + redis.call('HSTRLEN', T .. 'r', id)
end

local function wait(id, about)
  redis.call('ZADD', T .. 'w', id, id)
  redis.call('HSET', T .. 'a', id, about)
end

-- It will not go on. Keeps the newest, as many and as much as may.
local function finish(id, meta, most, room)
  redis.call('HSET', T .. 'm', id, meta)
  redis.call('HDEL', T .. 'a', id)
  redis.call('SREM', T .. 'c', id)
  redis.call('HINCRBY', T .. 'b', 'open', -redis.call('HSTRLEN', T .. 'p', id))
  redis.call('ZADD', T .. 'o', id, id)
  local bytes = redis.call('HINCRBY', T .. 'b', 'over', size(id))
  while redis.call('ZCARD', T .. 'o') > most or bytes > room do
    local oldest = redis.call('ZRANGE', T .. 'o', 0, 0)[1]
    if not oldest then break end
    redis.call('ZREM', T .. 'o', oldest)
    bytes = redis.call('HINCRBY', T .. 'b', 'over', -size(oldest))
    for _, key in ipairs({ 'm', 'p', 'l', 'r' }) do redis.call('HDEL', T .. key, oldest) end
  end
end

-- True: the run is under way at a place whose lease nobody has taken since.
local function is_held(place, epoch, id)
  return tonumber(redis.call('HGET', T .. 'f', place) or 0) == epoch and redis.call('HGET', T .. 'u', place) == id
end

-- True: its process ended under it before.
local function is_suspect(id)
  local meta = redis.call('HGET', T .. 'm', id)
  return meta and cjson.decode(meta)[8] > 0
end

local operations = {}

-- what is known, payload, about, how many may be open, bytes of them, channel and message that wake others: the number, or 0 if as many wait as may
function operations.add()
  local meta, payload, about, most, room, channel, message = arg(), arg(), arg(), number(), number(), arg(), arg()
  local open = tonumber(redis.call('HGET', T .. 'b', 'open') or 0)
  if redis.call('ZCARD', T .. 'w') + redis.call('HLEN', T .. 'u') >= most or open + #payload > room then return 0 end
  local id = text(redis.call('INCR', T .. 'n'))
  redis.call('HSET', T .. 'm', id, meta)
  redis.call('HSET', T .. 'p', id, payload)
  redis.call('HINCRBY', T .. 'b', 'open', #payload)
  wait(id, about)
  redis.call('PUBLISH', channel, message)
  return tonumber(id)
end

-- How many wait, and the places where runs are under way.
function operations.look() return { redis.call('ZCARD', T .. 'w'), redis.call('HKEYS', T .. 'u') } end

-- place, epoch, now, created before which a run of an unknown install is nobody's, ready installs, known installs: a run, or nothing. What an earlier holder of the place
-- left waits again. Of those whose process ended under them only one is under way at a time.
function operations.begin()
  local place, epoch, now, old, ready, known = arg(), number(), number(), number(), set(), set()
  if tonumber(redis.call('HGET', T .. 'f', place) or 0) > epoch then return false end
  redis.call('HSET', T .. 'f', place, text(epoch))
  local left = redis.call('HGET', T .. 'u', place)
  if left then
    redis.call('HDEL', T .. 'u', place)
    redis.call('ZADD', T .. 'w', left, left)
  end
  local is_suspect_under = false
  for _, under in ipairs(redis.call('HVALS', T .. 'u')) do is_suspect_under = is_suspect_under or is_suspect(under) end
  for _, id in ipairs(redis.call('ZRANGE', T .. 'w', 0, -1)) do
    local install, created, due = string.match(redis.call('HGET', T .. 'a', id) or '', '^(%d+) (%d+) (%d+)$')
    if install and tonumber(due) <= now and (ready[install] or (not known[install] and tonumber(created) < old)) and not (is_suspect_under and is_suspect(id)) then
      redis.call('ZREM', T .. 'w', id)
      redis.call('HSET', T .. 'u', place, id)
      return whole(id)
    end
  end
  return false
end

-- place, epoch, number, what is known, what it left: 1 if it is stored
function operations.note()
  local place, epoch, id, meta, last = arg(), number(), arg(), arg(), arg()
  if not is_held(place, epoch, id) then return 0 end
  redis.call('HSET', T .. 'm', id, meta)
  if last ~= '' then redis.call('HSET', T .. 'l', id, last) end
  return 1
end

-- place, epoch, number, about if it waits again or an empty text, what is known, what it left, what it gave, how many may be kept, bytes of them, channel and message that
-- wake others: 1 if it is stored, 2 if it would wait again and is to be ended
function operations.leave()
  local place, epoch, id, about, meta, last, result, most, room, channel, message = arg(), number(), arg(), arg(), arg(), arg(), arg(), number(), number(), arg(), arg()
  if not is_held(place, epoch, id) then return 0 end
  if about ~= '' and redis.call('SISMEMBER', T .. 'c', id) == 1 then return 2 end
  redis.call('HDEL', T .. 'u', place)
  redis.call('SREM', T .. 'c', id)
  if last ~= '' then redis.call('HSET', T .. 'l', id, last) end
  if about ~= '' then
    redis.call('HSET', T .. 'm', id, meta)
    wait(id, about)
    redis.call('PUBLISH', channel, message)
    return 1
  end
  if result ~= '' then redis.call('HSET', T .. 'r', id, result) end
  finish(id, meta, most, room)
  return 1
end

-- number, what is known of it if it waits, how many may be kept, bytes of them, channel and message that wake others: 1 if it is or will be ended
function operations.cancel()
  local id, meta, most, room, channel, message = arg(), arg(), number(), number(), arg(), arg()
  if redis.call('ZREM', T .. 'w', id) == 1 then
    finish(id, meta, most, room)
    return 1
  end
  for _, under in ipairs(redis.call('HVALS', T .. 'u')) do
    if under == id then
      redis.call('SADD', T .. 'c', id)
      redis.call('PUBLISH', channel, message)
      return 1
    end
  end
  return 0
end

function operations.cancelled() return redis.call('SMEMBERS', T .. 'c') end

-- number
function operations.find()
  local found = whole(arg())
  return found[2] and found or false
end

-- install or an empty text, state or an empty text, before, how many: of each its number and what is known
function operations.list()
  local install, state, before, most = arg(), arg(), number(), number()
  local ids, found = {}, {}
  for _, key in ipairs({ 'w', 'o' }) do
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', T .. key, '-inf', '(' .. text(before))) do ids[#ids + 1] = id end
  end
  for _, id in ipairs(redis.call('HVALS', T .. 'u')) do
    if tonumber(id) < before then ids[#ids + 1] = id end
  end
  table.sort(ids, function(a, b) return tonumber(a) > tonumber(b) end)
  for _, id in ipairs(ids) do
    if #found == most then break end
    local meta = redis.call('HGET', T .. 'm', id)
    local known = meta and cjson.decode(meta)
    if known and (install == '' or text(known[1]) == install) and (state == '' or text(known[2]) == state) then found[#found + 1] = { id, meta } end
  end
  return found
end

return operations[ARGV[1]]()
