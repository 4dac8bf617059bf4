namespace RvpServer.AdminConsole;

/// <summary>The console's own script, which asks for parts of pages that change.</summary>
internal static class ConsoleScript
{
    private const string Header = "RVP-Console";

    /// <summary>True for a request that the script makes: it wants a status, not a page.</summary>
    public static bool IsAsking(HttpRequest request) => request.Headers.ContainsKey(Header);
}
