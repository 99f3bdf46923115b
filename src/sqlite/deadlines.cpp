// SPDX-License-Identifier: Apache-2.0
#include "sqlite/deadlines.h"

#include <utility>

namespace pointsman::sqlite {

Deadlines::Place Deadlines::add(Moment at, std::weak_ptr<Waiter> waiter) {
  // Almost everybody is as patient as the one before, so the end is the place.
  const Place place = waiters_.emplace_hint(waiters_.end(), at, std::move(waiter));
  if (at < armed_for_) arm();
  return place;
}

void Deadlines::remove(Place place) {
  waiters_.erase(place);
  if (!waiters_.empty()) return;  // a timer that runs for nobody in particular is set anew when it ends
  timer_.cancel();                // the loop must not go on for it
  armed_for_ = Moment::max();
}

void Deadlines::arm() {
  armed_for_ = waiters_.begin()->first;
  timer_.expires_at(armed_for_);
  timer_.async_wait([self = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto deadlines = self.lock();
    if (!cancelled && deadlines) deadlines->tell_expired();
  });
}

void Deadlines::tell_expired() {
  armed_for_ = Moment::max();
  const Moment now = std::chrono::steady_clock::now();
  while (!waiters_.empty() && waiters_.begin()->first <= now) {
    const auto waiter = waiters_.begin()->second.lock();
    waiters_.erase(waiters_.begin());
    if (waiter) waiter->give_up();
  }
  if (!waiters_.empty() && armed_for_ == Moment::max()) arm();
}

}  // namespace pointsman::sqlite
