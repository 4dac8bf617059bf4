using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Interop.Networks;

/// <summary>What a test run that was broken off has left on the machine.</summary>
[Collection(LabTests.Name)]
public sealed class OrphanTests(Lab lab)
{
    [Fact]
    public async Task The_next_run_removes_it_and_ends_what_runs_there()
    {
        // Process 1 is always there, but nobody's test run: its start is another. Another run beside this one has an orphan of its own.
        var orphan = $"rvplab-1-123456789-orphan{Environment.ProcessId}";
        Directory.CreateDirectory($"/etc/netns/{orphan}");
        await Ip.RunAsync("netns", "add", orphan);
        using var left = Process.Start(new Machine("127.0.0.1", orphan).Command("sleep", "600"))!;
        // "ip netns exec" enters the namespace first and becomes the program then: before that, the process would not be found there.
        var inside = "";
        await Deadline.Until(
            async () => (inside = await Ip.RunAsync("netns", "pids", orphan)).Split('\n').Contains($"{left.Id}"), "sleep in the namespace", () => inside);

        await Host.RemoveOrphansAsync();

        await Deadline.For(left.WaitForExitAsync(), "the end of sleep", () => "it still runs");
        Assert.False(Directory.Exists($"/etc/netns/{orphan}"));
        Assert.DoesNotContain(orphan, await Ip.RunAsync("netns", "list"), StringComparison.Ordinal);
        Assert.Equal(0, (await lab["outsider"].RunAsync("true")).Code);
    }
}
