using System.Text.Json.Nodes;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads the files that PowerShell paths with wildcards name.</summary>
internal static class ManifestFiles
{
    public static IEnumerable<JsonObject> Of(PSCmdlet cmdlet, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            foreach (var file in cmdlet.GetResolvedProviderPathFromPSPath(path, out var provider))
            {
                if (provider.Name != "FileSystem")
                {
                    throw new InputException("FileNotFound", $"-Path '{path}' is in the {provider.Name} provider, not in the file system.", path);
                }

                foreach (var manifest in ManifestInput.ReadFile(file).SelectMany(ManifestInput.TakeApart))
                {
                    yield return manifest;
                }
            }
        }
    }
}
