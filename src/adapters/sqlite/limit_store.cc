#include "adapters/sqlite/limit_store.h"

namespace postroom::sqlite {
namespace {

using accounts::TokenBucket;
using ports::DailyChannel;

bool add(Connection& connection, ServiceId service, Date day, DailyChannel channel, int count, std::int64_t limit) {
  if (count > limit) return false;
  return connection.run(
             "INSERT INTO daily_count(service_id, day, channel, count, ceiling) VALUES (?1, ?2, ?3, ?4, ?5) "
             "ON CONFLICT (service_id, day, channel) DO UPDATE SET count = daily_count.count + ?4, ceiling = ?5 "
             "WHERE daily_count.count + ?4 <= ?5",
             service, day_number(day), code_of(channel), count, limit) > 0;
}

void subtract(Connection& connection, ServiceId service, Date day, DailyChannel channel, int count) {
  connection.run(
      "UPDATE daily_count SET count = max(count - ?4, 0) WHERE service_id = ?1 AND day = ?2 AND channel = ?3",
      service, day_number(day), code_of(channel), count);
}

}  // namespace

bool count_use(Connection& connection, ServiceId service, const ports::DailyUse& use) {
  if (!add(connection, service, use.day, use.channel, use.count, use.limit)) return false;
  if (use.international_count == 0 || add(connection, service, use.day, DailyChannel::international_sms,
                                          use.international_count, use.international_limit)) {
    return true;
  }
  subtract(connection, service, use.day, use.channel, use.count);
  return false;
}

Result<ports::TokenGrant> LimitStore::take_tokens(ServiceId service, accounts::KeyType key,
                                                  accounts::RequestRate rate, int wanted, UtcTime now) {
  return store_.writer.run([&](Transaction& transaction) -> Result<ports::TokenGrant> {
    Connection& connection = transaction.connection;
    TokenBucket bucket = accounts::full_bucket(rate, now);
    {
      Cursor row = connection.query("SELECT level, at FROM rate_bucket WHERE service_id = ?1 AND key_type = ?2",
                                    service, code_of(key));
      if (row.next()) {
        bucket.level = row.integer();
        bucket.at = row.time();
      }
    }
    const int taken = accounts::take_tokens(bucket, rate, now, wanted);
    if (taken > 0) {
      connection.run(
          "INSERT INTO rate_bucket(service_id, key_type, level, at) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT (service_id, key_type) DO UPDATE SET level = excluded.level, at = excluded.at",
          service, code_of(key), bucket.level, bucket.at);
    }
    return ports::TokenGrant{taken, bucket};
  });
}

Result<ports::DailyCounts> LimitStore::daily_counts(ServiceId service, Date day) {
  return store_.readers.run([&](Connection& connection) -> Result<ports::DailyCounts> {
    ports::DailyCounts out;
    Cursor row = connection.query("SELECT channel, count FROM daily_count WHERE service_id = ?1 AND day = ?2",
                                  service, day_number(day));
    while (row.next()) {
      auto channel = row.enumerator<DailyChannel>();
      out[channel] = row.integer();
    }
    return out;
  });
}

Result<void> LimitStore::give_back(ServiceId service, const ports::DailyUse& use) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    subtract(transaction.connection, service, use.day, use.channel, use.count);
    subtract(transaction.connection, service, use.day, DailyChannel::international_sms, use.international_count);
    return {};
  });
}

Result<void> LimitStore::clean_up(UtcTime now) {
  const Date today{std::chrono::floor<std::chrono::days>(now)};
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    transaction.connection.run("DELETE FROM daily_count WHERE day < ?1",
                               day_number(add_days(today, -ports::kDailyCountsKeptDays)));
    transaction.connection.run("DELETE FROM rate_bucket WHERE at < ?1", now - ports::kBucketsKept);
    return {};
  });
}

}  // namespace postroom::sqlite
