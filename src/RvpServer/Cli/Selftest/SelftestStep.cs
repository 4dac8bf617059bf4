namespace RvpServer.Cli.Selftest;

/// <summary>One step of a scenario, as it was played.</summary>
/// <param name="Route">Where the two people sign in.</param>
/// <param name="Scenario">1 to 7, as the white paper numbers them.</param>
/// <param name="Text">What happened, or should have.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Failure">Why it failed; null if it passed.</param>
/// <param name="Advice">What to look at; null if it passed.</param>
internal sealed record SelftestStep(string Route, int Scenario, string Text, long Milliseconds, string? Failure = null, string? Advice = null)
{
    /// <summary>True if it went as it should.</summary>
    public bool HasPassed => Failure is null;
}

/// <summary>What should have happened did not.</summary>
internal sealed class SelftestException(string line, string advice) : Exception(line)
{
    /// <summary>What to look at.</summary>
    public string Advice { get; } = advice;
}
