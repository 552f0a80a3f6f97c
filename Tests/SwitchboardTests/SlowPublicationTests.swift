import TestSupport
import Testing

/// A plan that changes more rows than PostgreSQL writes in the time that a batch usually has.
@Suite("A publication that takes long", .blocking)
struct SlowPublicationTests {
    @Test("it is given more time, and is answered")
    func slow() async throws {
        let site = try await Site.make()
        defer { site.removeFolder() }
        let daemon = try DaemonProcess.serving(at: site)
        let admin = try daemon.admin()
        try admin.ok("PLAN PUT body=\(try PublishedPlan.line(WaitingCrowd.Terms.before.yaml))")
        let shop = try daemon.session(daemon.token("role=upstream"))
        _ = try WaitingCrowd(3_000, shop, site)
        _ = try site.sql(
            """
            CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(0.001); RETURN NEW; END $$
            """)
        _ = try site.sql(
            "CREATE TRIGGER slow BEFORE UPDATE ON switchboard.inquiry FOR EACH ROW EXECUTE FUNCTION public.slow()")
        try admin.send("PLAN PUT body=\(try PublishedPlan.line(WaitingCrowd.Terms.after.yaml))")
        try shop.send("SUBMIT channel=chat key=late")
        #expect(try admin.answer(patience: .seconds(60)).last?.isOK == true)
        #expect(try shop.answer(patience: .seconds(60)).last?.isOK == true)
        #expect(daemon.said.contains("a batch is tried again"))
        #expect(daemon.said.contains("PostgreSQL takes batches again"))
        try daemon.terminate()
    }
}
