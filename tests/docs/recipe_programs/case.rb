# Sends each case with the recipe in front of Net::HTTP and says on a line what came of it.
require "json"
require_relative "tenant_key"

def filled(text)
  text&.start_with?("$") ? ENV.fetch(text[1..]) : text
end

JSON.parse(ENV.fetch("CASES")).each do |one|
  headers = one["headers"].transform_values { |text| filled(text) }
  headers["content-type"] = "application/json"
  answer = TenantKey.only(filled(one["key"])) { Net::HTTP.post(URI(one["url"]), "{}", headers) }
  puts answer.is_a?(Net::HTTPRedirection) ? "failed" : "sent"
rescue TenantKey::Blocked => refused
  puts refused.message
rescue StandardError => error
  puts "failed #{error.class}"
end
