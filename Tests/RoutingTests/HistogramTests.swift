import Simulation
import Testing

@testable import Routing

@Suite("Histograms of spans")
struct HistogramTests {
    @Test("a span is told of to the millisecond up to 64 ms, and to 1.6% beyond")
    func precision() {
        var random = SplitMix64(seed: 5)
        for milliseconds in 0..<64 as Range<Int64> {
            let span = TimeSpan.milliseconds(milliseconds)
            #expect(Histogram.value(of: Histogram.bucket(of: span)) == span)
        }
        var last: Int16 = 0
        for _ in 0..<20_000 {
            let most = Int64(1) << Int64.random(in: 17...60, using: &random)
            let span = TimeSpan(microseconds: Int64.random(in: 64_000...most, using: &random))
            let told = Histogram.value(of: Histogram.bucket(of: span))
            let allowed = span.microseconds / 64 + 1_000
            #expect((told < span ? span - told : told - span).microseconds <= allowed)
            last = max(last, Histogram.bucket(of: span))
        }
        #expect(last < 1_600)
        #expect(Histogram.bucket(of: TimeSpan(microseconds: .max)) < 1_600)
        #expect(Histogram.bucket(of: TimeSpan(microseconds: -5)) == 0)
    }

    @Test("percentiles are the nearest rank, and those of two together are those of all of their spans")
    func merging() {
        var random = SplitMix64(seed: 6)
        for count in [1, 2, 3, 10, 99, 100, 101, 1_000] {
            let spans = (0..<count).map { _ in TimeSpan.milliseconds(Int64.random(in: 0...600_000, using: &random)) }
            var (left, right) = (Histogram(), Histogram())
            for (index, span) in spans.enumerated() { if index % 3 == 0 { left.add(span) } else { right.add(span) } }
            left.add(right)
            #expect(left.count == Int64(count))
            let sorted = spans.sorted()
            for hundredths in [50, 95, 99, 100] {
                let exact = sorted[(count * hundredths + 99) / 100 - 1]
                #expect(left.percentile(Int64(hundredths)) == Histogram.value(of: Histogram.bucket(of: exact)))
            }
        }
        #expect(Histogram().percentile(50) == nil)
    }
}
