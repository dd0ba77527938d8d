-- What a tenant's plugins keep (plugins.md 10). KEYS[1] is the hash of an install's storage; ARGV[2] counts the bytes of all storage of the tenant,
-- or is what the names of the two keys begin with that know what its cache takes, of which KEYS[1] is then one key.
local operations = {}

-- Keeps a value, or removes it if it is empty: '1', or 'full'.
local function put(key, value, most)
  local old = redis.call('HGET', KEYS[1], key)
  local before = old and #old + #key or 0
  local after = value == '' and 0 or #value + #key
  local size = tonumber(redis.call('GET', ARGV[2]) or '0')
  if after > before and size - before + after > tonumber(most) then
    return 'full'
  end
  if value == '' then
    redis.call('HDEL', KEYS[1], key)
  else
    redis.call('HSET', KEYS[1], key, value)
  end
  redis.call('INCRBY', ARGV[2], after - before)
  return '1'
end

function operations.set()
  return put(ARGV[3], ARGV[4], ARGV[5])
end

-- Keeps a value where the present one is still this; none is empty. '0': it is another.
function operations.swap()
  if (redis.call('HGET', KEYS[1], ARGV[3]) or '') ~= ARGV[6] then
    return '0'
  end
  return put(ARGV[3], ARGV[4], ARGV[5])
end

-- Keys after a beginning and a place in the order of their bytes, and the sizes of their values.
function operations.keys()
  local prefix, after, most = ARGV[3], ARGV[4], tonumber(ARGV[5])
  local keys = {}
  for _, key in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(key, 1, #prefix) == prefix and key > after then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys)
  local answer = {}
  for i = 1, math.min(#keys, most) do
    answer[#answer + 1] = keys[i]
    answer[#answer + 1] = redis.call('HSTRLEN', KEYS[1], keys[i])
  end
  return answer
end

-- Removes all values of an install's storage.
function operations.wipe()
  local size = 0
  local all = redis.call('HGETALL', KEYS[1])
  for _, text in ipairs(all) do
    size = size + #text
  end
  redis.call('DEL', KEYS[1])
  redis.call('DECRBY', ARGV[2], size)
  return '1'
end

-- What the cache of a tenant takes: a hash of bytes by key, with the sum of all under '', and the keys by when they were written or found used last.
local function sizes() return ARGV[2] .. ':bytes' end
local function uses() return ARGV[2] .. ':used' end

-- What a key costs beside its value: its place in the two.
local function cost(key)
  local bytes = redis.call('MEMORY', 'USAGE', key)
  return bytes and bytes + 2 * #key + 128 or 0
end

local function note(key, after, now)
  local before = tonumber(redis.call('HGET', sizes(), key) or '0')
  if after == 0 then
    redis.call('HDEL', sizes(), key)
    redis.call('ZREM', uses(), key)
  else
    redis.call('HSET', sizes(), key, after)
    redis.call('ZADD', uses(), now, key)
  end
  return redis.call('HINCRBY', sizes(), '', after - before)
end

-- A key that has been read since it was noted has another turn.
local function make_room(sum, most, now)
  while sum > most do
    local oldest = redis.call('ZRANGE', uses(), 0, 0, 'WITHSCORES')
    if #oldest == 0 then
      return
    end
    local idle = redis.pcall('OBJECT', 'IDLETIME', oldest[1])
    if type(idle) == 'number' and now - idle > tonumber(oldest[2]) + 1 then
      redis.call('ZADD', uses(), now - idle, oldest[1])
    else
      redis.call('DEL', oldest[1])
      sum = note(oldest[1], 0, now)
    end
  end
end

-- Keys whose time is over say nothing when they go: some are looked for whenever something is written.
local function forget_ended(now)
  for _, key in ipairs(redis.call('HRANDFIELD', sizes(), 3)) do
    if key ~= '' and redis.call('EXISTS', key) == 0 then
      note(key, 0, now)
    end
  end
end

-- A command that changes a key of a cache, which may take ARGV[3] bytes in all: what was used longest ago goes. 'large': the value is larger than that.
function operations.cached()
  local most, command = tonumber(ARGV[3]), ARGV[4]
  local arguments = {}
  for i = 5, #ARGV do
    arguments[#arguments + 1] = ARGV[i]
  end
  local time = redis.call('TIME')
  local now = tonumber(time[1])
  local reply = redis.pcall(command, KEYS[1], unpack(arguments))
  if type(reply) == 'table' and reply.err then
    return reply
  end
  local bytes = cost(KEYS[1])
  if bytes > most and command == 'LPUSH' then
    redis.call('LPOP', KEYS[1], #arguments)
    return 'large'
  end
  if bytes > most and command == 'SET' then
    redis.call('DEL', KEYS[1])
    note(KEYS[1], 0, now)
    return 'large'
  end
  make_room(note(KEYS[1], bytes, now), most, now)
  forget_ended(now)
  return reply
end

-- Removes some of the keys that begin so, from a place, and what is known of those of a cache; the place to go on from.
function operations.clear()
  local found = redis.call('SCAN', ARGV[4], 'MATCH', '*' .. ARGV[5] .. '*', 'COUNT', 1000)
  for _, key in ipairs(found[2]) do
    if string.sub(key, 1, #ARGV[3]) == ARGV[3] then
      redis.call('DEL', key)
      if ARGV[2] ~= '' then
        note(key, 0, 0)
      end
    end
  end
  return found[1]
end

return operations[ARGV[1]]()
