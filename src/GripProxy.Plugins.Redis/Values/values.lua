-- What a tenant's plugins keep (plugins.md 10). KEYS[1] is the hash of an install's storage; ARGV[2] counts the bytes of all storage of the tenant,
-- or is what the keys of a cache begin with.
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

-- Removes some of the keys that begin so, from a place; the place to go on from.
function operations.clear()
  local found = redis.call('SCAN', ARGV[3], 'MATCH', '*' .. ARGV[4] .. '*', 'COUNT', 1000)
  for _, key in ipairs(found[2]) do
    if string.sub(key, 1, #ARGV[2]) == ARGV[2] then
      redis.call('DEL', key)
    end
  end
  return found[1]
end

return operations[ARGV[1]]()
