-- The state document of plugins (plugins.md 12.2) and what is kept with it. KEYS[1] is its hash, field to JSON; all other keys begin with it.
--   :rev     counts the changes            :fields  revision of each field
--   :gone    revision at which a field went; the last thousand
--   :floor   whoever knows less than this reads everything
--   :pkg:H   files and code of a package   :file:I  an attachment
--   :audit   who changed what, a stream
local doc = KEYS[1]
local rev_key, fields, gone, floor_key = doc .. ':rev', doc .. ':fields', doc .. ':gone', doc .. ':floor'
local at = 1

local function take()
  at = at + 1
  return ARGV[at]
end

local function each(handle)
  for _ = 1, tonumber(take()) do
    handle()
  end
end

local function note(line)
  local last = redis.call('XREVRANGE', doc .. ':audit', '+', '-', 'COUNT', 1)
  local id = 1
  if last[1] then
    id = tonumber(string.match(last[1][1], '^(%d+)')) + 1
  end
  redis.call('XADD', doc .. ':audit', 'MAXLEN', '~', 100000, string.format('%.0f-0', id), 'line', line)
end

-- Identity of the server process. It is in no copy of the data: where another one goes on with them, it may lack the last changes.
local function server()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end

local operations = {}

-- What has changed after a revision of a server: server, revision, 1 if it is everything, then field, revision and JSON of each; no JSON: it is gone.
function operations.read()
  local known_server, known = take(), tonumber(take())
  local run = server()
  local rev = tonumber(redis.call('GET', rev_key) or '0')
  local floor = tonumber(redis.call('GET', floor_key) or '0')
  local all = run ~= known_server or known < floor or known > rev
  local answer = {run, tostring(rev), all and '1' or '0'}
  local from = all and '-inf' or '(' .. string.format('%.0f', known)
  local changed = redis.call('ZRANGEBYSCORE', fields, from, '+inf', 'WITHSCORES')
  for i = 1, #changed, 2 do
    answer[#answer + 1] = changed[i]
    answer[#answer + 1] = changed[i + 1]
    answer[#answer + 1] = redis.call('HGET', doc, changed[i]) or ''
  end
  if not all then
    local ended = redis.call('ZRANGEBYSCORE', gone, from, '+inf', 'WITHSCORES')
    for i = 1, #ended, 2 do
      answer[#answer + 1] = ended[i]
      answer[#answer + 1] = ended[i + 1]
      answer[#answer + 1] = ''
    end
  end
  return answer
end

-- Makes a change to the document of a server at a revision, with all that comes with it, or nothing if it is not that one: 1 or 0.
function operations.change()
  local known_server, known, next_rev = take(), tonumber(take()), take()
  local rev = tonumber(redis.call('GET', rev_key) or '0')
  if server() ~= known_server or rev ~= known then
    return '0'
  end
  redis.call('SET', rev_key, next_rev)
  each(function()
    local field = take()
    redis.call('HSET', doc, field, take())
    redis.call('ZADD', fields, next_rev, field)
    redis.call('ZREM', gone, field)
  end)
  each(function()
    local field = take()
    redis.call('HDEL', doc, field)
    redis.call('ZREM', fields, field)
    redis.call('ZADD', gone, next_rev, field)
  end)
  local over = redis.call('ZCARD', gone) - 1000
  if over > 0 then
    local cut = redis.call('ZRANGE', gone, over - 1, over - 1, 'WITHSCORES')
    redis.call('SET', floor_key, cut[2])
    redis.call('ZREMRANGEBYRANK', gone, 0, over - 1)
  end
  each(function()
    local hash = take()
    redis.call('HSET', doc .. ':pkg:' .. hash, 'files', take())
  end)
  each(function() redis.call('DEL', doc .. ':pkg:' .. take()) end)
  each(function()
    local id = take()
    redis.call('SET', doc .. ':file:' .. id, take())
  end)
  each(function() redis.call('DEL', doc .. ':file:' .. take()) end)
  each(function() note(take()) end)
  redis.call('PUBLISH', doc .. ':changed', next_rev)
  return '1'
end

-- Keeps compiled code as long as its package.
function operations.code()
  local package = doc .. ':pkg:' .. take()
  if redis.call('EXISTS', package) == 1 then
    redis.call('HSET', package, 'compiler', take(), 'code', take(), 'imports', take())
  end
  return 'ok'
end

function operations.note()
  note(take())
  return 'ok'
end

return operations[ARGV[1]]()
