using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging.Abstractions;
using RvpServer.Runtime;

namespace RvpServer.Directories.Local;

/// <summary>
/// The files of the keys, each on disk before anything is encrypted with it: what the store keeps must not outlive its key in a power failure.
/// </summary>
internal sealed class SyncedKeys(DirectoryInfo folder) : FileSystemXmlRepository(folder, NullLoggerFactory.Instance)
{
    /// <inheritdoc/>
    public override void StoreElement(XElement element, string friendlyName)
    {
        base.StoreElement(element, friendlyName);
        foreach (var file in Directory.EnumerateFiles()) UnixCalls.SyncFile(file.FullName);
        if (Directory.Parent is { } parent) UnixCalls.SyncFolder(parent.FullName);
    }
}
