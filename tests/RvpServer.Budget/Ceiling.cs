using System.Globalization;

namespace RvpServer.Budget;

/// <summary>
/// What something may take at most. Only what is counted is here, since it is the same on every machine: bytes, work items, transactions, writes; never time.
/// A ceiling is what was measured and about a fifth more. Who brings a figure down lowers its ceiling, so that it stays down.
/// </summary>
/// <param name="What">What is counted.</param>
/// <param name="Most">The ceiling.</param>
/// <param name="Target">What it should be, where that is less: see docs/performance.md.</param>
internal sealed record Ceiling(string What, double Most, double? Target = null)
{
    public static readonly Ceiling MessageBytes = new("bytes allocated for a message", 11_500);
    public static readonly Ceiling MessagePoolItems = new("work items for a message", 2.6);
    public static readonly Ceiling MessageFileWrites = new("writes to files for a message", 0.1);

    public static readonly Ceiling ChangeBytes = new("bytes allocated for a watcher who is told of a change", 5_400, 5_120);
    public static readonly Ceiling ChangePoolItems = new("work items for a watcher who is told of a change", 1.4);

    public static readonly Ceiling ReferralBytes = new("bytes allocated for a 302", 1_850);

    public static readonly Ceiling SignInBytes = new("bytes allocated for a sign-in with 20 contacts", 480_000);
    public static readonly Ceiling SignInPoolItems = new("work items for a sign-in with 20 contacts", 105);
    public static readonly Ceiling SignInTransactions = new("transactions, each with a sync, for a sign-in whose requests come one by one", 26);
    public static readonly Ceiling SignInPages = new("pages that these write", 34);

    // Optimised code keeps on the stack what other code allocates.
    private static readonly double Slack = IsOptimised ? 1 : 1.6;

    private static bool IsOptimised =>
#if DEBUG
        false;
#else
        true;
#endif

    /// <summary>Fails where it is more.</summary>
    public void Check(double counted)
    {
        var found = string.Create(CultureInfo.InvariantCulture, $"{What}: {counted:0.##}, at most {Most:0.##}, target {Target ?? Most:0.##}");
        Console.WriteLine(found);
        Assert.True(counted <= Most * Slack, found + ". See tests/RvpServer.Budget/Ceiling.cs.");
    }
}
