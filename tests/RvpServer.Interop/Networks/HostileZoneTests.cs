using Rvp.Testing;
using RvpServer.Interop.Curl;
using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

/// <summary>
/// evil.example has a zone of its own, a server of its own, and an accomplice among A. Datum's people. A machine inside, dc1, listens to whatever our server
/// may be led to; it must hear nothing.
/// </summary>
[Collection(LabTests.Name)]
public sealed class HostileZoneTests(Lab lab, ITestOutputHelper output) : NetworkPlay(lab, output)
{
    private const string Home = "http://imhomeserver1.adatum.com";
    private const string Ok = @"207 Multi-Status\r\nContent-Type: text/xml";

    private static readonly int[] Ports = [22, 80, 8080];

    private readonly List<HostileServer> inside = [];
    private LabOrganisation adatum = null!;
    private HostileServer? outside;

    public override async Task InitializeAsync()
    {
        adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab));
        foreach (var port in Ports) inside.Add(await HostileServer.StartAsync(Lab["adatum-dc1"], port, Ok));
    }

    public override async Task DisposeAsync()
    {
        foreach (var server in inside) await server.DisposeAsync();
        if (outside is not null) await outside.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("ssh.evil.example")]
    [InlineData("high.evil.example")]
    [InlineData("inside.evil.example")]
    [InlineData("inside.evil.example:8080")]
    [InlineData("mapped.evil.example")]
    [InlineData("admin.evil.example")]
    [InlineData("10.1.0.5")]
    [InlineData("10.1.0.5:8080")]
    [InlineData("[::ffff:10.1.0.5]:8080")]
    public async Task An_accomplice_reaches_nothing_inside_and_reads_nothing_back(string domain)
    {
        foreach (var (verb, headers, body) in Asked)
        {
            var answer = await AccompliceAsync(verb, domain, headers, body);

            Assert.InRange(answer.Status, 400, 502);
            Assert.DoesNotContain("payroll", answer.Body, StringComparison.Ordinal);
        }
        Assert.Empty(inside.SelectMany(server => server.Lines));
    }

    [Theory]
    [InlineData(@"http://inside.evil.example:8080/instmsg/local/im.evil.example/instmsg/aliases/x")]
    [InlineData(@"http://10.1.0.5/instmsg/local/im.evil.example/instmsg/aliases/x")]
    [InlineData(@"http://inside.evil.example:22/admin/secrets")]
    public async Task Its_own_server_refers_nobody_to_the_inside(string location)
    {
        outside = await HostileServer.StartAsync(Lab["outsider"], 80, $@"302 Object moved\r\nLocation: {location}", "");

        foreach (var (verb, headers, body) in Asked)
            Assert.InRange((await AccompliceAsync(verb, "im.evil.example", headers, body)).Status, 400, 502);

        Assert.Contains(outside.Lines, line => line.StartsWith("PROPFIND /instmsg/aliases/x", StringComparison.Ordinal));
        Assert.Empty(inside.SelectMany(server => server.Lines));
    }

    [Fact]
    public async Task What_its_own_server_answers_reaches_nobody_as_it_is()
    {
        outside = await HostileServer.StartAsync(Lab["outsider"], 80, Ok);

        foreach (var (verb, headers, body) in Asked)
            Assert.DoesNotContain("payroll", (await AccompliceAsync(verb, "im.evil.example", headers, body)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watcher_from_outside_sends_no_news_to_the_inside()
    {
        outside = await HostileServer.StartAsync(Lab["outsider"], 80, "200 Successful", "");
        var jo = Pidgin(adatum, LabOrganisation.Jo, "adatum-client1");
        await jo.SignsIn();
        // Both are believed by their address; only the second has a server where its address is.
        Assert.Equal(207, await WatchFromOutsideAsync("two.evil.example"));
        Assert.Equal(207, await WatchFromOutsideAsync("im.evil.example"));

        await jo.SetsStatus("busy");

        await outside.Hears("NOTIFY /instmsg/aliases/x");
        Assert.Empty(inside.SelectMany(server => server.Lines));
    }

    private static IEnumerable<(string Verb, string[] Headers, string? Body)> Asked =>
    [
        ("PROPFIND", ["Depth: 0"], $"<d:propfind {Person.Namespaces}><d:allprop/></d:propfind>"),
        ("SUBSCRIBE", ["Notification-Type: update/propchange", "Call-Back: http://im.adatum.com/instmsg/aliases/JoBrown"], null),
        ("UNSUBSCRIBE", ["Subscription-Id: 1"], null),
    ];

    private async Task<CurlAnswer> AccompliceAsync(string verb, string domain, string[] headers, string? body)
    {
        List<string> arguments =
        [
            "--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "60", "--digest",
            "--user", $"{LabOrganisation.Jo.Account}:{LabOrganisation.Jo.Password}", "--request", verb,
            "--header", "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown",
            .. headers.SelectMany(header => new[] { "--header", header }),
        ];
        if (body is not null) arguments.AddRange(["--header", "Content-Type: text/xml", "--data-binary", body]);
        arguments.Add($"{Home}/instmsg/local/{domain}/instmsg/aliases/x");
        return CurlAnswer.ParseLast(await Lab["adatum-client1"].DoAsync("curl", arguments));
    }

    private async Task<int> WatchFromOutsideAsync(string host)
    {
        var principal = $"http://{host}/instmsg/aliases/x";
        return CurlAnswer.ParseLast(await Lab["outsider"].DoAsync("curl",
        [
            "--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "30", "--request", "SUBSCRIBE",
            "--header", $"RVP-From-Principal: {principal}", "--header", "Notification-Type: update/propchange", "--header", $"Call-Back: {principal}",
            "http://im.adatum.com/instmsg/aliases/JoBrown",
        ])).Status;
    }
}
