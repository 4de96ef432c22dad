-- Plays many phones, each with an address of its own behind one trusted proxy.
--   PHONES  how many take turns      FIRST  number of the first one      PAUSE  milliseconds before each request
local phones = tonumber(os.getenv("PHONES"))
local number = tonumber(os.getenv("FIRST"))
local first = number
local pause = tonumber(os.getenv("PAUSE"))

local function request_of(phone)
   local a, b, c = math.floor(phone / 65536) % 256, math.floor(phone / 256) % 256, phone % 256
   local path = string.format("/001565%02x%02x%02x.cfg", a, b, c)
   return wrk.format("GET", path, {
      ["User-Agent"] = string.format("Yealink SIP-T46S 66.86.0.15 00:15:65:%02x:%02x:%02x", a, b, c),
      ["X-Forwarded-For"] = string.format("10.%d.%d.%d", a, b, c),
      ["Host"] = "127.0.0.1",
   })
end

request = function()
   local text = request_of(number)
   number = number + 1
   if number == first + phones then number = first end
   return text
end

if pause > 0 then
   delay = function() return pause end
end

dofile(os.getenv("RESULT"))
