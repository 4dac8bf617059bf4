using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Runtime;

namespace RvpServer.Tests.Runtime;

/// <summary>Background loops last as long as the server; a stop that nobody asked for says so to the service manager.</summary>
public sealed class LoopServiceTests : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider clock = new();
    private readonly LogCollector log = new();
    private readonly PrometheusText metrics;

    public LoopServiceTests() => metrics = new PrometheusText(services.GetRequiredService<IMeterFactory>());

    public ValueTask DisposeAsync()
    {
        metrics.Dispose();
        return services.DisposeAsync();
    }

    [Fact]
    public async Task A_step_that_throws_is_logged_and_counted_and_the_loop_goes_on_after_a_pause()
    {
        using var loop = Make(
            _ => throw new InvalidOperationException("a bug"), _ => throw new DirectoryException("no answer"), _ => Task.CompletedTask);
        await loop.StartAsync(CancellationToken.None);

        await Deadline.Until(() => loop.Steps == 1, "the first step", () => $"{loop.Steps}");
        await Deadline.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(0.1));
                return loop.Steps >= 4;
            },
            "four steps", () => $"{loop.Steps}");

        Assert.Equal(
            [("LoopFailed", LogLevel.Error), ("OutageBegan", LogLevel.Warning), ("OutageEnded", LogLevel.Information)],
            log.Entries.Select(e => (e.Event, e.Level)));
        Assert.Contains("rvp_loop_failures_total{loop=\"test\"} 2\n", metrics.Print(), StringComparison.Ordinal);
        await Deadline.For(loop.StopAsync(CancellationToken.None), "the end", () => "it goes on");
        Assert.True(loop.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task After_a_failure_the_next_step_waits_for_the_pause()
    {
        using var loop = Make(_ => throw new InvalidOperationException("a bug"));
        await loop.StartAsync(CancellationToken.None);
        await Deadline.Until(() => log.Entries.Count > 0, "the failure", () => "none");

        clock.Advance(TimeSpan.FromSeconds(0.9));

        Assert.Equal(1, loop.Steps);
        await Deadline.For(loop.StopAsync(CancellationToken.None), "the end", () => "it goes on");
        Assert.Equal(1, loop.Steps);
    }

    [Fact]
    public async Task A_server_whose_background_service_died_ends_with_another_code_than_one_that_was_told_to_stop()
    {
        using var told = new CancellationTokenSource();

        Assert.Equal(1, await RunAsync(services => services.AddHostedService<Dies>(), CancellationToken.None));
        Assert.Equal(0, await RunAsync(
            services => services.AddHostedService(provider => new TellsToStop(provider.GetRequiredService<IHostApplicationLifetime>(), told)), told.Token));
    }

    private static async Task<int> RunAsync(Action<IServiceCollection> replace, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("rvp-test-").FullName;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(TestConfiguration.MakeOnLoopback(folder, [])).Build();
        await using var app = ServerHost.Build(configuration, RvpSettings.Read(configuration, folder), "Production", TimeProvider.System, replace);
        var code = await Deadline.For(ServerHost.RunAsync(app, stop), "the end", () => "it goes on");
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return code;
    }

    private Scripted Make(params Func<CancellationToken, Task>[] steps) =>
        new(steps, new LoopMetrics(services.GetRequiredService<IMeterFactory>()), clock, log.MakeProvider().CreateLogger("RvpServer.Runtime"));

    /// <summary>Does what the test says; afterwards waits until it is told to stop.</summary>
    private sealed class Scripted(Func<CancellationToken, Task>[] script, LoopMetrics metrics, TimeProvider clock, ILogger logger)
        : LoopService("test", metrics, clock, logger)
    {
        private int steps;

        public int Steps => Volatile.Read(ref steps);

        protected override Task StepAsync(CancellationToken stop)
        {
            var number = Interlocked.Increment(ref steps);
            return number <= script.Length ? script[number - 1](stop) : Task.Delay(Timeout.Infinite, stop);
        }
    }

    private sealed class Dies(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var started = new TaskCompletionSource();
            using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task;
            throw new InvalidOperationException("a bug");
        }
    }

    private sealed class TellsToStop(IHostApplicationLifetime lifetime, CancellationTokenSource told) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(told.Cancel);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
