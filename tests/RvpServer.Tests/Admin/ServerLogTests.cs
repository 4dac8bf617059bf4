using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Configuration;
using RvpServer.Runtime;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RvpServer.Tests.Admin;

public sealed class ServerLogTests : IDisposable
{
    private readonly TempFolder folder = new();

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PrometheusText metrics;

    public ServerLogTests() => metrics = new PrometheusText(services.GetRequiredService<IMeterFactory>());

    public void Dispose()
    {
        metrics.Dispose();
        services.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task An_event_is_one_line_in_the_file_although_it_has_many()
    {
        var file = folder.File("server.log");
        folder.Write("rvp.json", Section("Information", file));
        var configuration = ConfigurationLoader.Load(folder.File("rvp.json"), "Test", folder.Path);
        using var disposed = configuration as IDisposable;

        await using (var log = ServerLog.Create(configuration)) log.Information(new InvalidOperationException("two\nlines"), "from {Address}", "a\r\nb");

        var line = Assert.Single(File.ReadAllLines(file));
        Assert.Equal("a\r\nb", JsonDocument.Parse(line).RootElement.GetProperty("Address").GetString());
    }

    [Fact]
    public async Task The_level_changes_without_a_restart()
    {
        var file = folder.File("server.log");
        var settings = folder.Write("rvp.json", Section("Warning", file));
        var configuration = ConfigurationLoader.Load(settings, "Test", folder.Path);
        using var disposed = configuration as IDisposable;
        await using var log = ServerLog.Create(configuration);
        Assert.False(log.IsEnabled(LogEventLevel.Information));

        folder.Write("rvp.json", Section("Debug", file));
        configuration.Reload();

        Assert.True(log.IsEnabled(LogEventLevel.Debug));
    }

    [Fact]
    public async Task An_unread_console_stops_nobody_and_what_is_lost_is_counted_and_told()
    {
        using var console = new Console();
        var loss = new LogMetrics(services.GetRequiredService<IMeterFactory>());
        var queue = new SinkQueue(console);
        queue.CountIn(loss);
        await using var log = new LoggerConfiguration().WriteTo.Sink(queue).CreateLogger();
        log.Information("first");
        await Deadline.Until(() => console.IsStuck.IsSet, "the first line", () => "none");

        for (var i = 0; i < SinkQueue.Capacity + 500; i++) log.Information("more");
        console.Reader.Set();
        await log.DisposeAsync();

        Assert.Equal(SinkQueue.Capacity + 2, console.Lines.Count);
        Assert.Equal("500 lines of the server's log are missing here: they were not written, or not read, fast enough", console.Lines[1]);
        Assert.Contains("rvp_log_lines_lost_total{log=\"server\"} 500\n", metrics.Print(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_that_nobody_ever_reads_does_not_keep_the_process()
    {
        using var console = new Console();
        var log = new LoggerConfiguration().WriteTo.Sink(new SinkQueue(console)).CreateLogger();
        log.Information("first");
        await Deadline.Until(() => console.IsStuck.IsSet, "the first line", () => "none");

        await Deadline.For(Task.Run(log.Dispose), "the end", () => "it hangs");

        console.Reader.Set();
    }

    [Fact]
    public async Task A_level_of_one_part_counts_before_the_default()
    {
        var file = folder.File("server.log");
        folder.Write("rvp.json", Section("Warning\", \"Override\": { \"RvpServer\": \"Debug\" }, \"x\": \"", file));
        var configuration = ConfigurationLoader.Load(folder.File("rvp.json"), "Test", folder.Path);
        using var disposed = configuration as IDisposable;

        await using (var log = ServerLog.Create(configuration))
        {
            log.ForContext(Serilog.Core.Constants.SourceContextPropertyName, "RvpServer.Home").Debug("wanted");
            log.Information("unwanted");
        }

        Assert.Contains("wanted", Assert.Single(File.ReadAllLines(file)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("\"Microsoft\": \"Verbose\"", false)]
    [InlineData("\"Microsoft.AspNetCore.Hosting.Diagnostics\": \"Information\"", true)]
    public async Task That_requests_begin_and_end_is_told_only_to_those_who_ask_for_it(string levels, bool isTold)
    {
        folder.Write("rvp.json", Section($"Verbose\", \"Override\": {{ {levels} }}, \"x\": \"", folder.File("server.log")));
        var configuration = ConfigurationLoader.Load(folder.File("rvp.json"), "Test", folder.Path);
        using var disposed = configuration as IDisposable;
        await using var log = ServerLog.Create(configuration);

        // What hosting asks for before it makes an activity and a scope for a request.
        var diagnostics = log.ForContext(Constants.SourceContextPropertyName, "Microsoft.AspNetCore.Hosting.Diagnostics");

        Assert.Equal(isTold, diagnostics.IsEnabled(LogEventLevel.Fatal));
    }

    /// <summary>A pipe that is full until somebody reads.</summary>
    private sealed class Console : ILogEventSink, IDisposable
    {
        public ManualResetEventSlim IsStuck { get; } = new();

        public ManualResetEventSlim Reader { get; } = new();

        public List<string> Lines { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            IsStuck.Set();
            Reader.Wait();
            Lines.Add(logEvent.RenderMessage(CultureInfo.InvariantCulture));
        }

        // The queue disposes what it writes to, too.
        public void Dispose()
        {
        }
    }

    private static string Section(string level, string file) => $$"""
        { "Serilog": { "MinimumLevel": { "Default": "{{level}}" }, "WriteTo": [
          { "Name": "File", "Args": { "path": {{JsonSerializer.Serialize(file)}}, "formatter": "Serilog.Formatting.Compact.RenderedCompactJsonFormatter, Serilog.Formatting.Compact" } } ] } }
        """;
}
