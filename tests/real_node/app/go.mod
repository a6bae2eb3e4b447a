module serve

go 1.26
