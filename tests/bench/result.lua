-- Prints what was measured, in milliseconds.
done = function(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      "RESULT {\"requests\": %d, \"seconds\": %.6f, \"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f, \"errors\": %d}\n",
      summary.requests, summary.duration / 1e6,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
