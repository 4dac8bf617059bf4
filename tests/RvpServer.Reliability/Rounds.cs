using System.Globalization;

namespace RvpServer.Reliability;

/// <summary>
/// How long a trial is: short in the test run, long by <c>tests/reliability NAME ROUNDS</c>. What is random in it can be repeated by its seed.
/// </summary>
internal static class Rounds
{
    /// <summary>The number of rounds that was asked for, else the short one.</summary>
    public static int Or(int shortForm) => Read("RVP_ROUNDS") ?? shortForm;

    /// <summary>Whether a number was asked for.</summary>
    public static bool AreMany => Read("RVP_ROUNDS") is not null;

    /// <summary>Where the random numbers begin.</summary>
    public static int Seed { get; } = Read("RVP_SEED") ?? Random.Shared.Next(1_000_000);

    private static int? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
