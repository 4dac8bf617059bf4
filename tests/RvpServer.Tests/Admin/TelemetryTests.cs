using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Rvp.Testing;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Tests.Admin;

/// <summary>What an OpenTelemetry collector gets, and what is left alone where there is none.</summary>
public sealed class TelemetryTests
{
    private readonly ConcurrentQueue<(string Path, string Body)> received = new();

    [Fact]
    public async Task A_collector_gets_a_span_for_each_request_and_the_metrics()
    {
        await using var collector = await CollectAsync(out var port);
        await using (var server = await TestServer.StartAsync(new Dictionary<string, string?> { ["Telemetry:Otlp"] = $"http://127.0.0.1:{port}/otel" }))
        {
            await using (var jo = server.Person("JoBrown")) await jo.SignsIn();
            // What is left is sent at the end.
            await server.StopAsync();
        }

        await Deadline.Until(
            () => received.Select(one => one.Path).Distinct().Count() == 2, "spans and metrics", () => string.Join(' ', received.Select(one => one.Path)));
        var spans = BodyOf("/otel/v1/traces");
        Assert.Contains("SUBSCRIBE", spans, StringComparison.Ordinal);
        Assert.Contains("http.response.status_code", spans, StringComparison.Ordinal);
        Assert.Contains("imhomeserver1", spans, StringComparison.Ordinal);
        Assert.DoesNotContain("JoBrown", spans, StringComparison.Ordinal);
        Assert.Contains("rvp_sign_ins_total", BodyOf("/otel/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_one_nothing_of_it_is_even_loaded()
    {
        await using var server = await RealServer.StartAsync(1);
        var process = UnixCalls.ReadLocked(Path.Combine(server.DataFolder, DataLock.Name)).Trim();

        var loaded = await File.ReadAllTextAsync($"/proc/{process}/maps");

        Assert.Contains("Serilog.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry.Exporter", loaded, StringComparison.Ordinal);
    }

    private string BodyOf(string path) => string.Concat(received.Where(one => one.Path == path).Select(one => one.Body));

    private Task<WebApplication> CollectAsync(out int port)
    {
        port = FreePort.Take();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var chosen = port;
        builder.WebHost.UseKestrel(options => options.ListenLocalhost(chosen));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
        });
        return StartAsync(app);
    }

    private static async Task<WebApplication> StartAsync(WebApplication app)
    {
        await app.StartAsync();
        return app;
    }
}
