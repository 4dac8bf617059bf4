using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace RvpServer.Bench.Pieces;

/// <summary>Single steps of a request by BenchmarkDotNet: for changes too small for the other benchmarks to see.</summary>
internal static class PiecesBenchmark
{
    public static Task RunAsync()
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Statistics, DefaultColumnProviders.Metrics)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "rvp-pieces"));
        BenchmarkRunner.Run([typeof(ReadingPieces), typeof(WritingPieces), typeof(TurnPiece)], config);
        return Task.CompletedTask;
    }
}
