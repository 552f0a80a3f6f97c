import Foundation
import Testing

@testable import Server

@Suite("The mailbox")
struct MailboxTests {
    @Test("what several threads post arrives once each, in each thread's order")
    func manySenders() {
        let mailbox = Mailbox<(sender: Int, number: Int)>()
        let senders = 4
        let count = 20_000
        for sender in 0..<senders {
            Thread {
                for number in stride(from: 0, to: count, by: 2) {
                    mailbox.post((sender, number))
                    mailbox.post(contentsOf: [(sender, number + 1)])
                }
            }.start()
        }
        var next = [Int](repeating: 0, count: senders)
        var taken: [(sender: Int, number: Int)] = []
        var total = 0
        while total < senders * count {
            mailbox.take(into: &taken, waiting: 10)
            #expect(!taken.isEmpty, "nothing came in 10 s")
            if taken.isEmpty { return }
            for message in taken {
                #expect(message.number == next[message.sender])
                next[message.sender] += 1
            }
            total += taken.count
            taken.removeAll(keepingCapacity: true)
        }
        #expect(next == [Int](repeating: count, count: senders))
    }

    @Test("a wait ends when its time is over")
    func timeOut() {
        let mailbox = Mailbox<Int>()
        var taken: [Int] = []
        let began = ContinuousClock.now
        mailbox.take(into: &taken, waiting: 0.02)
        #expect(taken.isEmpty)
        #expect(ContinuousClock.now - began >= .milliseconds(20))
    }

    @Test("what is there already is taken without a wait")
    func noWait() {
        let mailbox = Mailbox<Int>()
        mailbox.post(contentsOf: [])
        mailbox.post(contentsOf: [1, 2])
        mailbox.post(3)
        var taken: [Int] = []
        mailbox.take(into: &taken, waiting: 60)
        #expect(taken == [1, 2, 3])
    }
}
