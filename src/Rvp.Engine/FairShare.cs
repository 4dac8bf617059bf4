namespace Rvp.Engine;

/// <summary>
/// The rule for everything bounded that several people use: somebody may take more only while what they have does not exceed what is still free. One takes
/// half at most, k leave 1/(k + 1) between them, and nobody who has little is refused before almost nothing is left.
/// </summary>
public static class FairShare
{
    /// <summary>True if somebody who holds <paramref name="held"/> may take <paramref name="more"/> of what is free.</summary>
    public static bool Allows(long held, long more, long free) => held + more <= free;
}
