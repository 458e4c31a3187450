// SPDX-License-Identifier: Apache-2.0
// Smoothing, thinning and axes, mostly as properties of random curves.
#include "ui/model/chart_series.h"

#include <QSet>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace guidino::ui;

namespace {

std::span<const QPointF> spanOf(const QList<QPointF>& points)
{
    return {points.data(), static_cast<std::size_t>(points.size())};
}

QList<QPointF> randomCurve(std::mt19937& generator, int count)
{
    std::uniform_real_distribution<double> step(0, 2);
    std::normal_distribution<double> value(0, 1);
    QList<QPointF> points;
    double x = 0;
    for (int i = 0; i < count; ++i) {
        x += generator() % 7 == 0 ? 0 : step(generator); // some points share their x
        points.append({x, value(generator)});
    }
    return points;
}

} // namespace

class TestChartSeries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void smoothingIsTheMeanOfItsDefinition();
    void smoothingKeepsConstantsAndTheFirstValue();
    void thinningKeepsWhatOneSees();
    void thinningFindsALonelySpike();
    void shortCurvesStayAsTheyAre();
    void allLinesTogetherKeepTheLimit();
    void partsReachBeyondTheirEdges();
    void valuesAreReadBetweenPoints();
    void ticksCoverTheRange_data();
    void ticksCoverTheRange();
    void logTicksArePowers();
    void figuresAreShort();
};

void TestChartSeries::smoothingIsTheMeanOfItsDefinition()
{
    std::mt19937 generator(1);
    std::normal_distribution<double> normal(3, 2);
    for (const double weight : {0.1, 0.6, 0.9, 0.99}) {
        std::vector<double> values(50);
        std::generate(values.begin(), values.end(), [&] { return normal(generator); });
        const std::vector<double> result = smoothed(values, weight);
        QCOMPARE(result.size(), values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            // All values so far, each w times less than the next, weights normalised.
            double sum = 0;
            double weights = 0;
            for (std::size_t k = 0; k <= i; ++k) {
                const double share = std::pow(weight, static_cast<double>(i - k));
                sum += share * values[k];
                weights += share;
            }
            QVERIFY(std::abs(result[i] - sum / weights) < 1e-9);
        }
    }
}

void TestChartSeries::smoothingKeepsConstantsAndTheFirstValue()
{
    const std::vector<double> constant(300, 0.7);
    for (const double value : smoothed(constant, 0.97)) {
        QVERIFY(std::abs(value - 0.7) < 1e-12);
    }
    const std::vector<double> values{5, 1, 2};
    QCOMPARE(smoothed(values, 0.9).front(), 5.0); // without the correction it would be 0.5
    QVERIFY(smoothed(values, 0) == values);
    QVERIFY(smoothed({}, 0.5).empty());
}

void TestChartSeries::thinningKeepsWhatOneSees()
{
    std::mt19937 generator(2);
    for (int round = 0; round < 200; ++round) {
        const int count = 1 + static_cast<int>(generator() % 3000);
        const int most = 4 + static_cast<int>(generator() % 500);
        const QList<QPointF> all = randomCurve(generator, count);
        const QList<QPointF> some = thinned(spanOf(all), most);
        QVERIFY(some.size() <= most);
        QCOMPARE(some.first(), all.first());
        QCOMPARE(some.last(), all.last());
        const auto byY = [](const QPointF& a, const QPointF& b) { return a.y() < b.y(); };
        const auto [lowest, highest] = std::minmax_element(all.begin(), all.end(), byY);
        const auto [low, high] = std::minmax_element(some.begin(), some.end(), byY);
        QCOMPARE(low->y(), lowest->y());
        QCOMPARE(high->y(), highest->y());
        // Every point is one of the curve's, in its order.
        auto at = all.begin();
        for (const QPointF& point : some) {
            at = std::find(at, all.end(), point);
            QVERIFY(at != all.end());
            ++at;
        }
    }
}

void TestChartSeries::thinningFindsALonelySpike()
{
    QList<QPointF> points;
    for (int i = 0; i < 200'000; ++i) {
        points.append({double(i), i == 123'457 ? 1000.0 : 0.0});
    }
    const QList<QPointF> some = thinned(spanOf(points), 800);
    QVERIFY(some.size() <= 800);
    QVERIFY(some.contains(QPointF(123'457, 1000)));
}

void TestChartSeries::shortCurvesStayAsTheyAre()
{
    std::mt19937 generator(3);
    const QList<QPointF> points = randomCurve(generator, 100);
    QVERIFY(thinned(spanOf(points), 100) == points);
    QVERIFY(thinned({}, 10).isEmpty());
    // All at one x: a line upwards.
    const QList<QPointF> wall{{1, 3}, {1, 9}, {1, -2}, {1, 4}, {1, 5}};
    const QList<QPointF> some = thinned(spanOf(wall), 4);
    QVERIFY(some.size() <= 4 && some.contains(QPointF(1, 9)) && some.contains(QPointF(1, -2)));
}

void TestChartSeries::allLinesTogetherKeepTheLimit()
{
    for (const int lines : {1, 2, 7, 60, 999, 2500}) {
        QVERIFY(pointsForEach(lines) * lines <= kMostDrawnPoints);
        QVERIFY(pointsForEach(lines) >= 4);
    }
    QCOMPARE(pointsForEach(0), kMostDrawnPoints);
}

void TestChartSeries::partsReachBeyondTheirEdges()
{
    const QList<QPointF> points{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}};
    const auto xs = [&](double low, double high) {
        QList<double> found;
        for (const QPointF& point : pointsWithin(spanOf(points), low, high)) {
            found.append(point.x());
        }
        return found;
    };
    QCOMPARE(xs(1.5, 2.5), (QList<double>{1, 2, 3}));
    QCOMPARE(xs(-5, 9), (QList<double>{0, 1, 2, 3, 4}));
    QCOMPARE(xs(2.2, 2.4), (QList<double>{2, 3})); // the line between them crosses the view
    QCOMPARE(xs(2, 2), (QList<double>{1, 2, 3}));
    QCOMPARE(xs(9, 12), (QList<double>{4}));
    QVERIFY(pointsWithin({}, 0, 1).empty());
}

void TestChartSeries::valuesAreReadBetweenPoints()
{
    const QList<QPointF> points{{0, 10}, {2, 20}, {4, 0}};
    QCOMPARE(valueAt(spanOf(points), 1), 15.0);
    QCOMPARE(valueAt(spanOf(points), 2), 20.0);
    QCOMPARE(valueAt(spanOf(points), 0), 10.0);
    QVERIFY(std::isnan(valueAt(spanOf(points), -0.1)));
    QVERIFY(std::isnan(valueAt(spanOf(points), 4.1)));
    QVERIFY(std::isnan(valueAt({}, 0)));
}

void TestChartSeries::ticksCoverTheRange_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("share") << 0.0 << 1.0;
    QTest::newRow("narrow") << 0.8123 << 0.8131;
    QTest::newRow("below zero") << -3.7 << 12.2;
    QTest::newRow("one value") << 0.5 << 0.5;
    QTest::newRow("zero") << 0.0 << 0.0;
    QTest::newRow("tiny") << 1e-9 << 3e-9;
    QTest::newRow("huge") << 0.0 << 5e12;
    QTest::newRow("far away") << 1e9 << 1e9 + 5;
}

void TestChartSeries::ticksCoverTheRange()
{
    QFETCH(double, low);
    QFETCH(double, high);
    for (const int count : {2, 5, 9}) {
        const AxisTicks ticks = linearTicks(low, high, count);
        QVERIFY(ticks.low <= low + 1e-9 * std::abs(low));
        QVERIFY(ticks.high >= high - 1e-9 * std::abs(high));
        QVERIFY(ticks.high > ticks.low);
        QVERIFY(ticks.values.size() >= 2);
        QVERIFY(ticks.values.size() <= static_cast<std::size_t>(count) + 3);
        QCOMPARE(ticks.values.size(), static_cast<std::size_t>(ticks.labels.size()));
        QVERIFY(std::is_sorted(ticks.values.begin(), ticks.values.end()));
    }
}

void TestChartSeries::logTicksArePowers()
{
    const AxisTicks wide = logTicks(1e-6, 1, 4);
    QVERIFY(wide.low <= -6 && wide.high >= 0);
    QVERIFY(wide.values.size() >= 3 && wide.values.size() <= 7);
    for (const double value : wide.values) {
        QVERIFY(std::abs(value - std::round(value)) < 1e-9);
    }
    const AxisTicks decade = logTicks(0.02, 0.4, 5);
    QVERIFY(decade.labels.contains(QStringLiteral("0.1")));
    for (const auto& [low, high] :
         {std::pair(0.5, 0.5),
          std::pair(2.2, 2.6),
          std::pair(1e-3, 1.05e-3),
          std::pair(3.0, 4e7)}) {
        const AxisTicks ticks = logTicks(low, high, 5);
        QVERIFY(ticks.low <= std::log10(low) && ticks.high >= std::log10(high));
        QVERIFY(ticks.values.size() >= 2 && ticks.values.size() < 24);
        QCOMPARE(
            QSet<QString>(ticks.labels.begin(), ticks.labels.end()).size(), ticks.labels.size());
    }
}

void TestChartSeries::figuresAreShort()
{
    QCOMPARE(figureText(0), QStringLiteral("0"));
    QCOMPARE(figureText(0.5), QStringLiteral("0.5"));
    QCOMPARE(figureText(0.083456), QStringLiteral("0.0835"));
    QCOMPARE(figureText(12.3456), QStringLiteral("12.3"));
    QCOMPARE(figureText(-3), QStringLiteral("-3"));
    QCOMPARE(figureText(1234.4), QStringLiteral("1,234"));
    QCOMPARE(figureText(1e-5).toLower(), QStringLiteral("1e-05"));
    QCOMPARE(figureText(std::nan("")), QStringLiteral("–"));
}

QTEST_GUILESS_MAIN(TestChartSeries)
#include "tst_chart_series.moc"
