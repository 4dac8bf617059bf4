using System.Globalization;
using System.Text;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// The files of the W3C log: <c>rvp-DATE.NNNN.txt</c>, a new one for each day (UTC) and every 16 MB, the oldest removed. A file or folder that somebody has
/// taken away is made again. For one thread.
/// </summary>
internal sealed class W3cLogFile(ProtocolLogOptions options, WallClock wall) : IDisposable
{
    private const string Prefix = "rvp-";
    private const string Suffix = ".txt";
    private const int MaxFileBytes = 16 * 1024 * 1024;

    private FileStream? file;
    private string day = "";

    /// <summary>
    /// Writes whole lines. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; then nothing of them is in the file.
    /// </summary>
    public void Write(ReadOnlySpan<byte> lines)
    {
        var stream = Current();
        var length = stream.Length;
        try
        {
            stream.Write(lines);
        }
        catch
        {
            // A full disk has taken the first part.
            TakeBack(stream, length);
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private FileStream Current()
    {
        var today = wall.Now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        if (file is { } open && day == today && open.Length < MaxFileBytes && File.Exists(open.Name)) return open;
        Dispose();
        FileModes.CreatePrivateFolder(options.Directory);
        var stream = Open(today);
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"#Version: 1.0\n#Start-Date: {wall.Now:yyyy-MM-dd HH:mm:ss}\n#Fields: {W3cLog.Fields}\n")));
        }
        catch
        {
            TakeBack(stream, 0);
            stream.Dispose();
            throw;
        }
        RemoveOldest();
        day = today;
        return file = stream;
    }

    // After a restart the day's last file is continued, with a new head, as the format allows.
    private FileStream Open(string today)
    {
        var last = Directory.EnumerateFiles(options.Directory, Prefix + today + ".*" + Suffix).Max(StringComparer.Ordinal);
        var number = last is null || !int.TryParse(Path.GetFileNameWithoutExtension(last).AsSpan(Prefix.Length + today.Length + 1), out var known) ? 0 : known;
        if (last is not null && new FileInfo(last).Length >= MaxFileBytes) number++;
        var path = Path.Combine(options.Directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{today}.{number:0000}{Suffix}"));
        // Unbuffered: what is written is in the file. Others may read, move and remove it.
        return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    private static void TakeBack(FileStream stream, long length)
    {
        try
        {
            stream.SetLength(length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Then half a line stays.
        }
    }

    private void RemoveOldest()
    {
        foreach (var old in Directory.GetFiles(options.Directory, Prefix + "*" + Suffix).OrderDescending(StringComparer.Ordinal).Skip(options.RetainedFiles))
        {
            try
            {
                File.Delete(old);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // With the next new file.
            }
        }
    }
}
