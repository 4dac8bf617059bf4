using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Interop.Networks;

/// <summary>A request as a server has logged it: the address that it came from, who has proven to be its user (else <c>-</c>), and what it was.</summary>
internal sealed record LoggedRequest(string Client, string User, string Verb, string Path, int Status);

/// <summary>A server's W3C log: what came over the wire to it.</summary>
internal static class RequestLog
{
    /// <summary>Where the log lies in a server's folder.</summary>
    public static string FolderIn(string folder) => Path.Combine(folder, "logs");

    /// <summary>What is there so far.</summary>
    public static List<LoggedRequest> Read(string folder)
    {
        List<LoggedRequest> requests = [];
        if (!Directory.Exists(FolderIn(folder))) return requests;
        string[] fields = [];
        foreach (var line in Directory.GetFiles(FolderIn(folder)).Order(StringComparer.Ordinal).SelectMany(ReadLines))
        {
            if (line.StartsWith("#Fields: ", StringComparison.Ordinal)) fields = line.Split(' ')[1..];
            if (line.StartsWith('#')) continue;
            var values = line.Split(' ');
            // The last line may not be written whole yet.
            if (values.Length < fields.Length) continue;
            requests.Add(new LoggedRequest(
                Field("c-ip"), Field("cs-username"), Field("cs-method"), Field("cs-uri-stem"), int.Parse(Field("sc-status"), CultureInfo.InvariantCulture)));

            string Field(string name) => values[Array.IndexOf(fields, name)];
        }
        return requests;
    }

    /// <summary>Waits for such a request, or for so many of them: the log is written with a delay.</summary>
    public static async Task<LoggedRequest> WaitAsync(string folder, Func<LoggedRequest, bool> isWanted, string wanted, int times = 1)
    {
        LoggedRequest? found = null;
        await Deadline.Until(
            () => (found = Read(folder).Where(isWanted).ElementAtOrDefault(times - 1)) is not null, $"{wanted} in the log",
            () => string.Join('\n', Read(folder)));
        return found!;
    }

    private static IEnumerable<string> ReadLines(string file)
    {
        // The server has it open for writing.
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line) yield return line;
    }
}
