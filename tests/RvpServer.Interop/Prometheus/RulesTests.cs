using Rvp.Testing;

namespace RvpServer.Interop.Prometheus;

/// <summary>Prometheus' own judgement of the alert rules, and of what the server prints. Needs Debian's package prometheus.</summary>
public sealed class RulesTests
{
    [Fact]
    public async Task Prometheus_understands_every_rule()
    {
        var output = await Commands.DoAsync("promtool", ["check", "rules", Repository.PathOf("deploy/prometheus/rvpserver.rules.yml")]);

        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_understands_every_metric()
    {
        await using var server = await TestServer.StartAsync();
        await using (var jo = server.Person("JoBrown")) await jo.SignsIn();
        var text = (await RawConnection.AskAsync(server.AdminPort, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).Body;

        var ran = await Commands.RunAsync("promtool", ["check", "metrics"], text);

        Assert.True(ran.Code == 0, ran.Out + ran.Error);
    }
}
