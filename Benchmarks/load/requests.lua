-- What wrk asks, and how it reports it: wrk -s requests.lua URL -- DEPTH TARGETS [NAME VALUE]...
--
-- TARGETS is a file with a target on each line, asked in turn; DEPTH requests are sent at a time.
-- The last line that is printed is the report, in JSON; latencies are in microseconds.

function init(arguments)
  local depth, targets = tonumber(arguments[1]), {}
  for line in io.lines(arguments[2]) do targets[#targets + 1] = line end
  for place = 3, #arguments, 2 do wrk.headers[arguments[place]] = arguments[place + 1] end
  if #targets == 1 and depth == 1 then  -- wrk repeats one request without asking Lua
    wrk.path = targets[1]
    return
  end
  local batches, place = {}, 0
  for _ = 1, #targets do
    local batch = {}
    for _ = 1, depth do
      place = place % #targets + 1
      batch[#batch + 1] = wrk.format("GET", targets[place])
    end
    batches[#batches + 1] = table.concat(batch)
  end
  local next = 0
  request = function()
    next = next % #batches + 1
    return batches[next]
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format(
    '{"requests":%d,"failed":%d,"seconds":%.6f,"p50":%d,"p99":%d,"p99.9":%d}',
    summary.requests, failed, summary.duration / 1e6,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
