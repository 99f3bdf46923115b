// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <gmock/gmock.h>

namespace pointsman {
namespace {

using testing::HasSubstr;

TEST(Metrics, the_same_name_and_labels_are_the_same_metric) {
  Metrics metrics;
  Counter& a = metrics.counter("pointsman_x_total", "X.", {{"reason", "one"}});
  Counter& b = metrics.counter("pointsman_x_total", "X.", {{"reason", "one"}});
  Counter& other = metrics.counter("pointsman_x_total", "X.", {{"reason", "two"}});
  EXPECT_EQ(&a, &b);
  EXPECT_NE(&a, &other);
}

TEST(Metrics, text_names_each_family_once_with_all_its_series) {
  Metrics metrics;
  metrics.counter("pointsman_x_total", "X.", {{"reason", "one"}}).add(3);
  metrics.gauge("pointsman_depth", "Depth.").set(-2);
  EXPECT_EQ(metrics.text(),
            "# HELP pointsman_x_total X.\n# TYPE pointsman_x_total counter\npointsman_x_total{reason=\"one\"} 3\n"
            "# HELP pointsman_depth Depth.\n# TYPE pointsman_depth gauge\npointsman_depth -2\n");
}

TEST(Metrics, a_histogram_counts_into_cumulative_buckets) {
  Metrics metrics;
  Histogram& h = metrics.histogram("pointsman_s", "S.");
  h.observe(0.003);
  h.observe(99);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("pointsman_s_bucket{le=\"0.0025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_s_bucket{le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_s_bucket{le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("pointsman_s_count 2\n"));
}

TEST(Metrics, label_values_are_escaped) {
  Metrics metrics;
  metrics.counter("pointsman_x_total", "X.", {{"name", "a\"b\\c\nd"}});
  EXPECT_THAT(metrics.text(), HasSubstr(R"(name="a\"b\\c\nd")"));
}

}  // namespace
}  // namespace pointsman
