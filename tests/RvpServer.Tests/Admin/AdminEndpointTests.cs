using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Admin;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Http;
using RvpServer.Storage;
using RvpServer.Tests.Http;

namespace RvpServer.Tests.Admin;

public sealed class AdminEndpointTests : IAsyncDisposable
{
    private readonly Parts parts = new();

    public ValueTask DisposeAsync() => parts.DisposeAsync();

    [Fact]
    public async Task Alive_and_ready()
    {
        await using var host = await StartAsync();

        Assert.EndsWith("\r\n\r\nalive\n", await Get(host, "/healthz"), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nready\n", await Get(host, "/readyz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_ready_is_named_and_the_server_is_alive_still()
    {
        parts.StoreFault = new StoreException("disk full");
        parts.DirectoryFault = new DirectoryException("dc1 is silent");
        parts.SecretsFault = new DirectoryException("no keys");
        await using var host = await StartAsync();

        var ready = await Get(host, "/readyz");
        var alive = await Get(host, "/healthz");

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", ready, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\ndirectory: dc1 is silent\nsecrets: no keys\nstore: disk full\n", ready, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", alive, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text()
    {
        await using var host = await StartAsync();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        meters.Create("RvpServer.Home").CreateObservableGauge("rvp_signed_in", () => 7L, description: "People signed in.");
        meters.Create("Somebody.Elses").CreateCounter<long>("not_ours").Add(1);
        var outbox = new OutboxMetrics(meters);
        outbox.NotificationDone("callback", DeliveryOutcome.Delivered);
        outbox.NotificationDone("callback", DeliveryOutcome.Delivered);
        outbox.MessageDone(DeliveryOutcome.Delivered);
        outbox.NotificationDone("server", DeliveryOutcome.Unreachable);
        foreach (var verb in new[] { "SUBSCRIBE", "SUBSCRIBE", "X-MADE-UP", "X-MADE-UP-TOO" })
        {
            await host.AskAsync($"{verb} / HTTP/1.1", "Host: im.adatum.com", "Connection: close");
        }

        var answer = await Get(host, "/metrics");

        Assert.Contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(
            """
            # HELP rvp_abuse_total What was refused because a sender took too much, by kind.
            # TYPE rvp_abuse_total counter
            # HELP rvp_loop_failures_total Steps of background loops that failed or were put off, by loop.
            # TYPE rvp_loop_failures_total counter
            # HELP rvp_message_deliveries_total Messages that were sent to a client's listener, by outcome.
            # TYPE rvp_message_deliveries_total counter
            rvp_message_deliveries_total{outcome="delivered"} 1
            # HELP rvp_notifications_total Notifications, by outcome and kind of receiver.
            # TYPE rvp_notifications_total counter
            rvp_notifications_total{outcome="delivered",to="callback"} 2
            rvp_notifications_total{outcome="unreachable",to="server"} 1
            # HELP rvp_requests_total Requests answered, by virtual server, verb and status.
            # TYPE rvp_requests_total counter
            rvp_requests_total{server="imhomeserver1",verb="SUBSCRIBE",status="412"} 2
            rvp_requests_total{server="imhomeserver1",verb="other",status="412"} 2
            # HELP rvp_signed_in People signed in.
            # TYPE rvp_signed_in gauge
            rvp_signed_in 7
            # HELP rvp_virtual_server 1 for each virtual server, with its role and domain.
            # TYPE rvp_virtual_server gauge
            rvp_virtual_server{server="imhomeserver1",role="Home",domain="im.adatum.com"} 1

            """,
            string.Join('\n', answer.Split("\r\n\r\n")[1].Split('\n').Where(line => !Regex.IsMatch(line, "process_|dotnet_|_seconds"))));
        Assert.Contains("\n# TYPE rvp_request_seconds histogram\n", answer, StringComparison.Ordinal);
        Assert.Contains("\nrvp_request_seconds_bucket{verb=\"SUBSCRIBE\",le=\"+Inf\"} 2\n", answer, StringComparison.Ordinal);
        Assert.Contains("\nrvp_request_seconds_count{verb=\"SUBSCRIBE\"} 2\n", answer, StringComparison.Ordinal);
        Assert.Contains("\n# TYPE process_cpu_seconds_total counter\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_in_each_bucket_what_is_below_it()
    {
        var histogram = new MetricHistogram([0.1, 1]);
        foreach (var measured in new[] { 0.05, 0.1, 0.5, 7 }) histogram.Add(measured);
        var text = new StringBuilder();

        histogram.Print(text, "x", "verb=\"ACL\"");

        Assert.Equal(
            """
            x_bucket{verb="ACL",le="0.1"} 2
            x_bucket{verb="ACL",le="1"} 3
            x_bucket{verb="ACL",le="+Inf"} 4
            x_sum{verb="ACL"} 7.65
            x_count{verb="ACL"} 4

            """, text.ToString());
    }

    [Fact]
    public void What_an_administrator_has_written_is_quoted_in_labels() =>
        Assert.Equal("server=\"a\\\"b\\\\c\"", new MetricSeries(null!, new("server", "a\"b\\c"), default, default).ToString());

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Nothing_of_it_is_served_to_users(string path)
    {
        await using var host = await StartAsync();

        var answer = await host.AskAsync($"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close");

        Assert.EndsWith("\r\n\r\nThe recipient is not available.\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbs_of_users_are_not_served_to_administrators()
    {
        await using var host = await StartAsync();

        var answer = await host.AskAdminAsync("SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1", "Host: localhost", "Connection: close");

        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nHere are /healthz, /readyz, /metrics and /api/v1.\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:8081", 200)]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST.", 200)]
    [InlineData("[::1]:8081", 200)]
    [InlineData("monitor.adatum.com:8081", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("localhost.evil.example", 421)]
    [InlineData("10.0.0.1", 421)]
    [InlineData("0.0.0.0", 421)]
    public async Task A_foreign_page_that_leads_its_name_to_this_machine_gets_nothing(string name, int status)
    {
        await using var host = await StartAsync(("Rvp:Admin:HostNames:0", "monitor.adatum.com"));

        foreach (var path in new[] { "/healthz", "/readyz", "/metrics" })
        {
            var answer = await host.AskAdminAsync($"GET {path} HTTP/1.1", $"Host: {name}", "Connection: close");

            Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        }
    }

    private Task<KestrelHost> StartAsync(params (string Key, string Value)[] settings) => KestrelHost.StartAsync(
        app =>
        {
            app.UseAdmin();
            app.UseMiddleware<RequestFrame>();
            app.Run(context => AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.NotAvailable)));
        },
        (services, _) => services.AddSingleton<IStore>(parts).AddSingleton<IDirectory>(parts)
            .AddSingleton<ProveSecrets>(_ => parts.SecretsFault is { } fault ? Task.FromException(fault) : Task.CompletedTask).AddAdmin(),
        settings);

    private static Task<string> Get(KestrelHost host, string path) => host.AskAdminAsync($"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close");

    /// <summary>A store and a directory of which only the checks are asked.</summary>
    private sealed class Parts : IStore, IDirectory
    {
        public Exception? StoreFault { get; set; }

        public Exception? DirectoryFault { get; set; }

        public Exception? SecretsFault { get; set; }

        long IDirectory.Version => 0;

        long IStore.LastPollSequence => 0;

        Task IStore.CheckAsync(CancellationToken stop) => StoreFault is null ? Task.CompletedTask : Task.FromException(StoreFault);

        Task IDirectory.CheckAsync(CancellationToken stop) => DirectoryFault is null ? Task.CompletedTask : Task.FromException(DirectoryFault);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        ValueTask<Account?> IDirectory.FindAsync(string domain, string name, CancellationToken stop) => throw new NotSupportedException();

        ValueTask<AccountSecrets?> IDirectory.FindSecretsAsync(Account account, CancellationToken stop) => throw new NotSupportedException();

        IAsyncEnumerable<(RvpUrl Node, Change Change)> IStore.ReadAllAsync(CancellationToken stop) => throw new NotSupportedException();

        Task IStore.CommitAsync(RvpUrl node, IReadOnlyList<Change> changes) => throw new NotSupportedException();

        bool IStore.TryEnqueue(RvpUrl node, IReadOnlyList<Change> changes) => throw new NotSupportedException();

        IdCipher IStore.Ids => throw new NotSupportedException();

        Task<bool> IStore.KnowsAsync(RvpUrl node, CancellationToken stop) => throw new NotSupportedException();

        Task<IReadOnlyList<IdRange>> IStore.ReserveIdsAsync(int count, CancellationToken stop) => throw new NotSupportedException();
    }
}
