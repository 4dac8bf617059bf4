using System.Text.Json;
using Rvp.Client;

namespace Rvp.Cli;

/// <summary>What <c>rvp signin</c> saves.</summary>
/// <param name="Account">The IM address.</param>
/// <param name="Server">The server, if the user named one.</param>
/// <param name="Password">The password; null if it must not be saved or is in a file.</param>
/// <param name="PasswordFile">The file that holds the password.</param>
/// <param name="Connection">How news arrives, if the user said so.</param>
internal sealed record SavedAccount(string Account, string? Server, string? Password, string? PasswordFile, string? Connection = null);

/// <summary>A sign-in that still exists at the server.</summary>
internal sealed record SavedSession(string Account, string? Server, RvpSession Session);

/// <summary>The files in the configuration folder. Only their owner can read them (0600), since they may contain a password.</summary>
internal sealed class SavedFiles(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string AccountPath => Path.Combine(folder, "account.json");

    private string SessionPath => Path.Combine(folder, "session.json");

    public SavedAccount? Account => Read<SavedAccount>(AccountPath);

    public SavedSession? Session => Read<SavedSession>(SessionPath);

    public void Save(SavedAccount account) => Write(AccountPath, account);

    public void Save(SavedSession session) => Write(SessionPath, session);

    public void Forget()
    {
        if (!Directory.Exists(folder)) return;
        File.Delete(SessionPath);
        File.Delete(AccountPath);
    }

    private static T? Read<T>(string path) where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path), Format) : null;
        }
        catch (JsonException)
        {
            throw new FailedException($"{path} cannot be read: delete it and sign in again.");
        }
    }

    // Written to a temporary file and then moved into place: the file is never incomplete, and others can never read it.
    private void Write<T>(string path, T value)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var aside = path + ".new";
        File.Delete(aside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(aside, options)) JsonSerializer.Serialize(stream, value, Format);
        File.Move(aside, path, overwrite: true);
    }
}
