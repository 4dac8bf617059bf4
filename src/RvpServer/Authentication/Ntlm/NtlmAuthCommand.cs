using System.Text;
using RvpServer.Configuration;

namespace RvpServer.Authentication.Ntlm;

/// <summary>The program that asks the domain controller, and its arguments.</summary>
internal sealed record NtlmAuthCommand(string Program, IReadOnlyList<string> Arguments)
{
    private const string Key = "Rvp:Authentication:NtlmAuthHelper";
    private const string Protocol = "--helper-protocol=";

    /// <summary>
    /// Reads the command line; double quotes keep blanks together. Throws <see cref="ConfigurationException"/> when the program does not exist.
    /// </summary>
    public static NtlmAuthCommand Parse(string line)
    {
        var words = Split(line);
        if (words.Count == 0) throw Wrong(line, "write the path of ntlm_auth");
        var program = Find(words[0]) ?? throw Wrong(line, $"there is no program {words[0]}: install Samba's winbind, or write the path of ntlm_auth");
        if (!IsExecutable(program)) throw Wrong(line, $"{program} cannot be executed");
        var arguments = words.Skip(1).ToList();
        if (!arguments.Exists(argument => argument.StartsWith(Protocol, StringComparison.Ordinal))) arguments.Add(Protocol + "ntlm-server-1");
        return new NtlmAuthCommand(program, arguments);
    }

    private static List<string> Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"') isQuoted = !isQuoted;
            if (c == ' ' && !isQuoted)
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
                continue;
            }
            word ??= new StringBuilder();
            if (c != '"') word.Append(c);
        }
        if (word is not null) words.Add(word.ToString());
        return words;
    }

    private static string? Find(string program)
    {
        var folders = program.Contains('/', StringComparison.Ordinal) ? [""] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    private static bool IsExecutable(string file) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    private static ConfigurationException Wrong(string line, string cure) => new([$"{Key} is \"{line}\": {cure}"]);
}
