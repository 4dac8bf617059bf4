namespace Rvp.Client.Naming;

/// <summary><c>localhost</c> and the names below it: this machine, whatever DNS says or does not. [RFC 6761, 6.3]</summary>
internal static class LoopbackName
{
    private const string Localhost = "localhost";

    /// <summary>True for a name of this machine.</summary>
    public static bool Is(string host) =>
        host.Equals(Localhost, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + Localhost, StringComparison.OrdinalIgnoreCase);

    /// <summary>What to ask the system for: it knows <c>localhost</c>, and often not the names below it.</summary>
    public static string ForSystem(string host) => Is(host) ? Localhost : host;
}
