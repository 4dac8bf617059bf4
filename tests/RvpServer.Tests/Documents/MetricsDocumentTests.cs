using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories;

namespace RvpServer.Tests.Documents;

/// <summary>What /metrics has, what the table in docs/operations.md explains, and what dashboard and alert rules look at.</summary>
public sealed partial class MetricsDocumentTests : IAsyncLifetime
{
    private TestServer server = null!;
    private IReadOnlyList<string> served = [];

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync();
        // A directory on the network has metrics too.
        _ = new MeasuredDirectory(server.Services.GetRequiredService<IDirectory>(), server.Services.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        await using (var jo = server.Person("JoBrown")) await jo.SignsIn();
        var text = (await RawConnection.AskAsync(server.AdminPort, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).Body;
        served = [.. Type().Matches(text).Select(match => match.Groups[1].Value)];
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public void The_table_explains_each_metric_that_is_served_and_no_other() =>
        Assert.Equal(served.Order(StringComparer.Ordinal), Documented().Order(StringComparer.Ordinal));

    [Fact]
    public void Names_are_as_Prometheus_wants_them() =>
        Assert.All(served, name => Assert.Matches("^(rvp|process|dotnet)_[a-z_]+$", name));

    [Theory]
    [InlineData("deploy/grafana/rvpserver.json")]
    [InlineData("deploy/prometheus/rvpserver.rules.yml")]
    public void What_is_looked_at_is_served(string file)
    {
        var named = Used().Matches(Repository.Read(file)).Select(match => match.Value).Distinct()
            .Select(name => HistogramPart().Replace(name, "")).Where(name => name != "rvp_server").Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(served));
    }

    [Fact]
    public void The_dashboard_is_JSON_with_a_panel_for_each_question() =>
        Assert.True(JsonDocument.Parse(Repository.Read("deploy/grafana/rvpserver.json")).RootElement.GetProperty("panels").GetArrayLength() >= 8);

    private static IEnumerable<string> Documented() =>
        Repository.ReadLines("docs/operations.md").Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Named().Matches(line.Split('|')[1]).Select(match => match.Groups[1].Value));

    [GeneratedRegex("^# TYPE (\\S+) ", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex("`((?:rvp|process|dotnet)_[a-z_]+)(?:\\{[a-z,]+\\})?`")]
    private static partial Regex Named();

    [GeneratedRegex("\\b(?:rvp|process|dotnet)_[a-z_]+")]
    private static partial Regex Used();

    [GeneratedRegex("_(?:bucket|count|sum)$")]
    private static partial Regex HistogramPart();
}
