# PowerShell completion for kubectl-pullsecret: dot-source this file in your profile.
Register-ArgumentCompleter -Native -CommandName 'kubectl-pullsecret' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition }
    $words = @($before | ForEach-Object { "$_" })
    $name, $words = $words
    $words = @($words)
    if ("$wordToComplete" -eq '') {
        # Before 7.3 PowerShell drops empty arguments.
        $words += if ($PSVersionTable.PSVersion -lt [version]'7.3.0') { '""' } else { '' }
    }
    $flag = if ("$wordToComplete" -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    foreach ($line in @(& $name __complete @words 2>$null)) {
        $value, $about = "$line" -split "`t", 2
        if ($value -eq '' -or $value -match '^:\d+$') { continue }
        $text = $flag + $value
        if ($text -match '[\s''"`$(){};&|<>]') { $text = "'" + ($text -replace "'", "''") + "'" }
        $about = if ($about) { $about } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
