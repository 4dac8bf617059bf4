namespace RvpServer.Interop.Networks;

/// <summary>The command <c>ip</c> of iproute2.</summary>
internal static class Ip
{
    /// <summary>Runs it; gives what it prints, and fails with what it says.</summary>
    public static Task<string> RunAsync(params string[] arguments) => Commands.DoAsync("ip", arguments);
}
