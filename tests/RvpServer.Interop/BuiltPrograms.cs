using System.Reflection;

namespace RvpServer.Interop;

/// <summary>Where the build has put what these tests start.</summary>
internal static class BuiltPrograms
{
    public static string Server { get; } = Read("Server");

    public static string CommandLineClient { get; } = Read("CommandLineClient");

    public static string PidginDriver { get; } = Read("PidginDriver");

    private static string Read(string key) =>
        typeof(BuiltPrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
