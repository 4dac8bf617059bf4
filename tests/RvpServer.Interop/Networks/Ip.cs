namespace RvpServer.Interop.Networks;

/// <summary>The command <c>ip</c> of iproute2.</summary>
internal static class Ip
{
    /// <summary>Runs it; gives what it prints, and fails with what it says.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await Machine.This.RunAsync("ip", arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: exit code {exitCode}\n{errors}");
    }
}
