using RvpServer.Administration;

namespace RvpServer.AdminConsole;

/// <summary>A page in the menu.</summary>
internal sealed record ConsoleLink(string Text, string Path)
{
    /// <summary>True if a path is this page, or one below it.</summary>
    public bool IsAt(PathString path) => Path == "/" ? path == "/" : path.StartsWithSegments(Path);
}

/// <summary>The menu of the console.</summary>
internal static class ConsoleMenu
{
    private static readonly ConsoleLink[] OfEverybody = [new("Overview", "/"), new("People", "/people"), new("Virtual servers", "/servers")];

    private static readonly ConsoleLink[] OfCluster = [new("Cluster", "/cluster")];

    private static readonly ConsoleLink[] OfInstallation =
    [
        new("Directory", "/directory"), new("DNS", "/dns"), new("Other organisations", "/organisations"), new("Certificates", "/certificates"),
        new("Log", "/log"), new("Self-test", "/selftest"), new("Backup", "/backup"),
    ];

    private static readonly ConsoleLink[] OfRoles = [new("Administrators", "/administrators"), new("Audit log", "/audit")];

    /// <summary>The pages that somebody may see.</summary>
    /// <param name="who">Who looks.</param>
    /// <param name="isCluster">Whether this process is one of several.</param>
    public static IEnumerable<ConsoleLink> For(Administrator who, bool isCluster) => who.Has(AdminRole.ViewOnly, domain: null)
        ? [.. OfEverybody, .. isCluster ? OfCluster : [], .. OfInstallation, .. OfRoles]
        : [.. OfEverybody, .. OfRoles];
}
