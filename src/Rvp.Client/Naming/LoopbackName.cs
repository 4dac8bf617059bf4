namespace Rvp.Client.Naming;

/// <summary><c>localhost</c> and the names below it always mean this machine, whatever DNS says. [RFC 6761, 6.3]</summary>
internal static class LoopbackName
{
    private const string Localhost = "localhost";

    /// <summary>True for a name of this machine.</summary>
    public static bool Is(string host) =>
        host.Equals(Localhost, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + Localhost, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name to pass to the system: it knows <c>localhost</c>, but often not the names below it.</summary>
    public static string ForSystem(string host) => Is(host) ? Localhost : host;
}
