#include "adapters/postgres/limit_store.h"

namespace postroom::postgres {
namespace {

using accounts::TokenBucket;
using ports::DailyChannel;

void subtract(Connection& connection, ServiceId service, Date day, DailyChannel channel, int count) {
  // A limit that was lowered meanwhile must not keep anybody from giving back.
  connection.run(
      "UPDATE daily_count SET count = greatest(count - $4, 0), ceiling = greatest(ceiling, count) "
      "WHERE service_id = $1 AND day = $2 AND channel = $3",
      service, day_number(day), code_of(channel), count);
}

void add(Connection& connection, ServiceId service, Date day, DailyChannel channel, int count, std::int64_t limit) {
  connection.run(
      "INSERT INTO daily_count AS d (service_id, day, channel, count, ceiling) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (service_id, day, channel) DO UPDATE SET count = d.count + excluded.count, "
      "ceiling = excluded.ceiling",
      service, day_number(day), code_of(channel), count, limit);
}

}  // namespace

void count_use(Connection& connection, ServiceId service, const ports::DailyUse& use) {
  add(connection, service, use.day, use.channel, use.count, use.limit);
  if (use.international_count > 0) {
    add(connection, service, use.day, DailyChannel::international_sms, use.international_count,
        use.international_limit);
  }
}

Result<ports::TokenGrant> LimitStore::take_tokens(ServiceId service, accounts::KeyType key,
                                                  accounts::RequestRate rate, int wanted, UtcTime now) {
  return store_.pool.write([&](Connection& connection) -> Result<ports::TokenGrant> {
    const std::string_view find =
        "SELECT level, at FROM rate_bucket WHERE service_id = $1 AND key_type = $2 FOR UPDATE";
    TokenBucket bucket = accounts::full_bucket(rate, now);
    Rows row = connection.query(find, service, code_of(key));
    bool exists = row.next();
    if (!exists) {
      connection.run(
          "INSERT INTO rate_bucket(service_id, key_type, level, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
          service, code_of(key), bucket.level, bucket.at);
      // Another process may have been first.
      row = connection.query(find, service, code_of(key));
      exists = row.next();
    }
    if (exists) {
      bucket.level = row.integer();
      bucket.at = row.time();
    }
    const int taken = accounts::take_tokens(bucket, rate, now, wanted);
    if (taken > 0) {
      connection.run("UPDATE rate_bucket SET level = $3, at = $4 WHERE service_id = $1 AND key_type = $2", service,
                     code_of(key), bucket.level, bucket.at);
    }
    return ports::TokenGrant{taken, bucket};
  });
}

Result<ports::DailyCounts> LimitStore::daily_counts(ServiceId service, Date day) {
  return store_.pool.read([&](Connection& connection) -> Result<ports::DailyCounts> {
    ports::DailyCounts out;
    Rows row = connection.query("SELECT channel, count FROM daily_count WHERE service_id = $1 AND day = $2",
                                service, day_number(day));
    while (row.next()) {
      auto channel = row.enumerator<DailyChannel>();
      out[channel] = row.integer();
    }
    return out;
  });
}

Result<void> LimitStore::give_back(ServiceId service, const ports::DailyUse& use) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    subtract(connection, service, use.day, use.channel, use.count);
    subtract(connection, service, use.day, DailyChannel::international_sms, use.international_count);
    return {};
  });
}

Result<void> LimitStore::clean_up(UtcTime now) {
  const Date today{std::chrono::floor<std::chrono::days>(now)};
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    connection.run("DELETE FROM daily_count WHERE day < $1",
                   day_number(add_days(today, -ports::kDailyCountsKeptDays)));
    connection.run("DELETE FROM rate_bucket WHERE at < $1", now - ports::kBucketsKept);
    return {};
  });
}

}  // namespace postroom::postgres
